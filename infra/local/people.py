"""The admin of a local stack, and a token for them."""

from console import step
from deploy import client, deployment
from settings import Stack

USERNAME = "admin"


def create_admin(stack: Stack, pool: str) -> str:
    """Creates the admin with a password of their own; returns it."""
    with step(f"Creating the user {USERNAME} in group {deployment.ADMINS}"):
        cognito = client(stack, "cognito-idp")
        password = deployment.create_admin(cognito, pool, USERNAME, f"{USERNAME}@example.com")
        cognito.admin_set_user_password(UserPoolId=pool, Username=USERNAME, Password=password, Permanent=True)
    return password


def create_user(stack: Stack, pool: str, name: str) -> str:
    """Creates a user with a password of their own; returns it."""
    cognito = client(stack, "cognito-idp")
    password = deployment.create_user(cognito, pool, name, f"{name}@example.com")
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
