"""botocore's service models run backwards: AWS requests read, AWS answers written. Offers nothing."""
