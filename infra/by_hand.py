"""What a user would write instead: copies a tenant's workflows into a table of their own. `performance.py` runs it beside `sync`.

    by_hand.py ZUORA_URL TABLE TENANT    with CLIENT_ID, CLIENT_SECRET and AWS's variables in the environment

It lists all workflows, exports those whose listing is another than the stored one, eight at a time, and stores them in batches; what is not
listed any more is removed. What it leaves out, and `sync` does: it believes any listing, so a broken page or another tenant's credentials
remove what they do not show; it sees no edit that shows in the export alone; it stores what was exported without reading it, and cannot
store what packs to more than 400 KB; nobody learns what changed and when; one export that fails ends it, and so does what takes longer
than Lambda allows; two of them at a time are not kept apart.
"""

import concurrent.futures
import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import boto3
import urllib3
from boto3.dynamodb.conditions import Key

THREADS = 8
PAGE = 50


class Zuora:
    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        retries = urllib3.Retry(3, backoff_factor=1, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None)
        self.url, self.headers = url, {}
        self.http = urllib3.PoolManager(maxsize=THREADS, retries=retries, timeout=30)
        form = {"client_id": client_id, "client_secret": client_secret, "grant_type": "client_credentials"}
        answer = self.http.request("POST", f"{url}/oauth/token", fields=form, encode_multipart=False)
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}", "Accept-Encoding": "gzip"}

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        answer = self.http.request("GET", self.url + path, headers=self.headers)
        if answer.status not in (200, 404):
            raise SystemExit(f"{path}: {answer.status}")
        return answer

    def workflows(self) -> Iterator[dict]:
        number, more = 1, True
        while more:
            page = self.get(f"/workflows?page={number}&page_length={PAGE}").json()
            yield from page["data"]
            number, more = number + 1, page["pagination"].get("next_page")

    def export(self, id: int) -> bytes:
        answer = self.get(f"/workflows/{id}/export")
        return (answer if answer.status == 200 else self.get(f"/workflows/{id}/export?version=latest")).data


def sync(zuora: Zuora, table, tenant: str) -> dict:
    began = time.perf_counter()
    listed = {f"{workflow['id']}": json.dumps(workflow, sort_keys=True) for workflow in zuora.workflows()}
    hashes = {id: hashlib.sha256(text.encode()).hexdigest() for id, text in listed.items()}
    paged = time.perf_counter()
    query = {"KeyConditionExpression": Key("PK").eq(tenant), "ProjectionExpression": "SK, fingerprint", "ConsistentRead": True}
    stored, page = {}, {"LastEvaluatedKey": None}
    while "LastEvaluatedKey" in page:
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if page["LastEvaluatedKey"] else {}
        page = table.query(**query, **start)
        stored |= {item["SK"]: item["fingerprint"] for item in page["Items"]}
    compared = time.perf_counter()
    changed = [id for id in listed if stored.get(id) != hashes[id]]
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool, table.batch_writer() as batch:
        for id, export in zip(changed, pool.map(lambda id: zlib.compress(zuora.export(id)), changed), strict=True):
            batch.put_item(Item={"PK": tenant, "SK": id, "fingerprint": hashes[id], "listed": listed[id], "definition": export})
        for id in stored.keys() - listed.keys():
            batch.delete_item(Key={"PK": tenant, "SK": id})
    return {"stored": len(changed), "list": paged - began, "compare": compared - paged, "export": time.perf_counter() - compared}


def main() -> None:
    url, table, tenant = sys.argv[1:]
    began, busy = time.perf_counter(), time.process_time()
    zuora = Zuora(url, os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
    did = sync(zuora, boto3.resource("dynamodb").Table(table), tenant)
    # Not what Python and its libraries take to start; but their memory, as long as the script has it.
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    status = Path("/proc/self/status").read_text().split()
    print(json.dumps({**did, "seconds": seconds, "cpu": cpu, "peak": int(status[status.index("VmHWM:") + 1]) / 1024}))


if __name__ == "__main__":
    main()
