"""Fills a moto server at argv[1] with what the test asks for, and prints what was made up as JSON."""

import json
import sys

import boto3


def client(service):
    return boto3.client(
        service,
        endpoint_url=sys.argv[1],
        region_name="eu-west-1",
        aws_access_key_id="seed",
        aws_secret_access_key="seed",
    )


SECRET = "1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2"

secrets = client("secretsmanager")
secrets.create_secret(Name="hub/plain", SecretString=SECRET + "\n")
in_json = secrets.create_secret(
    Name="hub/json", SecretString=json.dumps({"client_secret": SECRET, "region": "eu-west-1"})
)
secrets.create_secret(Name="hub/binary", SecretBinary=b"\x00\x01")
secrets.create_secret(Name="hub/deleted", SecretString=SECRET)
secrets.delete_secret(SecretId="hub/deleted")
client("ssm").put_parameter(Name="/hub/secret", Type="SecureString", Value=SECRET)

# A user who may do nothing; moto looks at that once its reset-auth is asked.
iam = client("iam")
iam.create_user(UserName="nobody")
key = iam.create_access_key(UserName="nobody")["AccessKey"]
print(
    json.dumps(
        {
            "secret": SECRET,
            "json_arn": in_json["ARN"],
            "nobody_id": key["AccessKeyId"],
            "nobody_key": key["SecretAccessKey"],
        }
    )
)
