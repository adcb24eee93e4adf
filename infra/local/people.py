"""The admin of a local stack, and a token for them."""

import secrets

from console import step
from deploy import client
from settings import Stack

USERNAME = "admin"
GROUP = "super_admin"


def create_admin(stack: Stack, pool: str) -> str:
    """Creates the admin with a password of their own; returns it."""
    with step(f"Creating the user {USERNAME} in group {GROUP}"):
        password = create_user(stack, pool, USERNAME)
        client(stack, "cognito-idp").admin_add_user_to_group(UserPoolId=pool, Username=USERNAME, GroupName=GROUP)
    return password


def create_user(stack: Stack, pool: str, name: str) -> str:
    """Creates a user with a password of their own; returns it."""
    password = f"Zw1-{secrets.token_urlsafe(18)}"
    cognito = client(stack, "cognito-idp")
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=name,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": f"{name}@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    return password


def id_token(stack: Stack, client_id: str, password: str, name: str = USERNAME) -> str:
    """Signs a user in, the admin unless told."""
    answer = client(stack, "cognito-idp").initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=client_id,
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return answer["AuthenticationResult"]["IdToken"]
