"""IBM's Python client, connected to the server under test, and the few calls that many tests begin with."""

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from ibm_cloud_sdk_core import ApiException
from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from ibm_platform_services import CaseManagementV1
from ibm_platform_services import case_management_v1 as ibm

COS = ibm.Offering(
    name="Cloud Object Storage", type=ibm.OfferingType(group="crn_service_name", key="cloud-object-storage")
)
CRN = "crn:v1:staging:public:cloud-object-storage:global:a/19c52e57800c4d8bb9aefc66b3e49755:61848e72-6ba6-415e::"


class Connections:
    """Opens clients and closes them all.

    A client object waits a minute on its next call after a failed token request: bad keys need a client of their own.
    """

    def __init__(self, server: Any) -> None:
        self.server = server
        self._open: list[CaseManagementV1] = []

    def of(self, user: str, **authentication: Any) -> CaseManagementV1:
        return self.by_key(self.server.secret(user), **authentication)

    def by_key(self, apikey: str, **authentication: Any) -> CaseManagementV1:
        authenticator = IAMAuthenticator(apikey, url=f"{self.server.url}/ibm", **authentication)
        return self.adopt(CaseManagementV1(authenticator=authenticator))

    def adopt(self, service: CaseManagementV1) -> CaseManagementV1:
        """Point a client at the server under test, and close it with the others."""
        service.set_service_url(f"{self.server.url}/ibm/case-management/v1")
        self._open.append(service)
        return service

    def close(self) -> None:
        for service in self._open:
            service.get_http_client().close()


def subject(words: str = "Python-SDK-IT") -> str:
    return f"{words} {uuid.uuid4()}"


def make(service: CaseManagementV1, **members: Any) -> dict[str, Any]:
    wanted = {"type": "technical", "subject": subject(), "description": "Test", "severity": 4, "offering": COS}
    answer = service.create_case(**(wanted | members))
    assert answer.get_status_code() == 200
    return answer.get_result()


def described(data: bytes, **members: str) -> ibm.FileWithMetadata:
    return ibm.FileWithMetadata(data=io.BytesIO(data), **members)


def upload(service: CaseManagementV1, number: str, data: bytes, **members: str) -> dict[str, Any]:
    answer = service.upload_file(number, [described(data, **members)])
    assert answer.get_status_code() == 200
    return answer.get_result()


def refused(status: int, call: Callable[..., Any], *args: Any, **kwargs: Any) -> ApiException:
    with pytest.raises(ApiException) as caught:
        call(*args, **kwargs)
    assert caught.value.status_code == status
    assert caught.value.message
    return caught.value
