#!/usr/bin/env bash
# Try every endpoint of a deployment, local or on AWS; needs curl, and python3 to read JSON.
#
# usage: scripts/test_api.sh BASE_URL [API_KEY]
#
# Without API_KEY, which the list of processes shows to everybody on this machine, the key is that of
# the variable ORDERS_API_KEY.
#
# Exit status 0: all as promised. 1: the first surprise, or no server. 2: wrong usage.
# It deletes the orders that it makes. It ships one mouse (PROD002), whose stock does not come back.
set -euo pipefail

API_KEY=${2:-${ORDERS_API_KEY:-}}
if [[ $# -lt 1 || $# -gt 2 || -z $API_KEY || ! $1 =~ ^https?:// ]]; then
  echo "usage: scripts/test_api.sh BASE_URL [API_KEY]" >&2
  echo "without API_KEY, the variable ORDERS_API_KEY has it" >&2
  echo "BASE_URL starts with http:// or https://" >&2
  exit 2
fi
API_BASE=${1%/}

ORDER='{"customer_id": "CUST001", "items": [{"product_id": "PROD001", "quantity": 2}, {"product_id": "PROD002", "quantity": 1}]}'
MOUSE='{"customer_id": "CUST001", "items": [{"product_id": "PROD002", "quantity": 1}]}'
UNKNOWN=00000000-0000-4000-8000-000000000000
WORKFLOW_SECONDS=90

scratch=$(mktemp -d)
made=()
echo "x-api-key: $API_KEY" >"$scratch/key" # a file, so that no list of processes shows the key

clean_up() { # delete what was made, whatever state it is in
  local order_id
  for order_id in ${made[@]+"${made[@]}"}; do
    curl --silent --output /dev/null --max-time 35 --request DELETE \
      --header "@$scratch/key" "$API_BASE/orders/$order_id" || true
  done
  rm -rf "$scratch"
}
trap clean_up EXIT

surprise() { # WORDS
  echo "  ✗ $1" >&2
  exit 1
}

tick() { echo "  ✓ $1"; }

step() { printf '\n%s\n' "$1"; }

# call METHOD PATH [BODY [CURL ARGUMENT ...]]: sets status and body.
call() {
  local data=()
  [[ -z ${3:-} ]] || data=(--data-binary "$3")
  send "$1" "$2" --header "@$scratch/key" ${data[@]+"${data[@]}"} "${@:4}"
}

# send METHOD PATH [CURL ARGUMENT ...]: as call, without a key.
send() {
  status=$(curl --silent --show-error --globoff --path-as-is --max-time 35 --request "$1" \
    --header "Content-Type: application/json" --dump-header "$scratch/headers" \
    --output "$scratch/body" --write-out '%{http_code}' "${@:3}" "$API_BASE$2" \
    2>"$scratch/error") || surprise "$API_BASE does not answer: $(cat "$scratch/error")"
  body=$(cat "$scratch/body")
  grep -qi '^x-request-id: *[^ ]' "$scratch/headers" \
    || surprise "$1 $2: expected an x-request-id header, came none (status $status, body $body)"
}

# seen EXPRESSION: prints the value of a Python expression, in which `it` is the body.
seen() {
  python3 -c '
import json, sys
from decimal import Decimal
it = json.loads(sys.argv[1], parse_float=Decimal)
print(eval(sys.argv[2]))' "$body" "$1" 2>/dev/null || echo "nothing: the body is $body"
}

expect() { # WHAT CAME WANTED
  [[ $2 == "$3" ]] || surprise "$1: expected $3, came $2"
}

expect_status() { # WHAT STATUS
  [[ $status == "$2" ]] || surprise "$1: expected status $2, came $status $body"
}

expect_message() { # WHAT STATUS MESSAGE
  expect_status "$1" "$2"
  expect "$1" "$(seen 'it["message"]')" "$3"
  tick "$1: $2 $3"
}

create() { # ORDER [CURL ARGUMENT ...]: POST it, and remember to delete it
  call POST /orders "$@"
  [[ $status != 201 ]] || made+=("$(seen 'it["order_id"]')")
}

await_workflow() { # ORDER_ID: poll /status until the execution ends; it must have SUCCEEDED
  local deadline=$((SECONDS + WORKFLOW_SECONDS))
  while call GET "/status/$1"; do
    expect_status "status of $1" 200
    [[ $(seen 'it["status"]') == RUNNING && $SECONDS -lt $deadline ]] || break
    sleep 0.25
  done
  [[ $(seen 'it["status"]') == SUCCEEDED ]] || surprise "workflow of $1: expected SUCCEEDED, came $body"
  tick "workflow of $1 SUCCEEDED"
}

expect_execution() { # WAY IDENTIFIER KIND
  call GET "/status/$2"
  expect_status "$1" 200
  expect "$1" "$(seen 'it["execution_arn"], it["identifier_type"], it["status"], "stop_date" in it')" \
    "('$execution_arn', '$3', 'SUCCEEDED', True)"
  expect "last event $1" "$(seen 'it["recent_events"][-1]["type"]')" ExecutionSucceeded
  tick "$1: SUCCEEDED, $(seen 'len(it["recent_events"])') recent events"
}

echo "=== Testing Order Management API: $API_BASE ==="

step "1. POST /orders"
create "$ORDER"
expect_status "POST /orders" 201
order_id=$(seen 'it["order_id"]')
execution_arn=$(seen 'it["execution_arn"]')
expect message "$(seen 'it["message"]')" "Order created successfully"
expect note "$(seen 'it["note"]')" "Save this execution_arn to check workflow status later"
expect "the ARN's last part" "${execution_arn##*:}" "$order_id"
tick "201, order $order_id"
tick "execution $execution_arn"

step "2. GET /orders/{order_id}"
call GET "/orders/$order_id"
expect_status "right after the 201" 200
tick "200 right after the 201: $(seen 'it["status"]')"
await_workflow "$order_id"
call GET "/orders/$order_id"
expect_status "GET /orders/$order_id" 200
expect order "$(seen 'it["order_id"], it["customer_id"], it["status"]')" "('$order_id', 'CUST001', 'processing')"
expect items "$(seen '[(i["product_id"], i["quantity"]) for i in it["items"]]')" "[('PROD001', 2), ('PROD002', 1)]"
expect "total is the sum of the items" \
  "$(seen 'sum(i["price"] * i["quantity"] for i in it["items"]) == it["total_amount"]')" True
tick "200, processing, total $(seen 'it["total_amount"]'): the sum of its items"

step "3. GET /orders"
call GET "/orders?customer_id=CUST001&status=processing&limit=100"
expect_status "GET /orders" 200
expect "order listed" "$(seen "'$order_id' in [one['order_id'] for one in it['orders']]")" True
expect statuses "$(seen '{one["status"] for one in it["orders"]}')" "{'processing'}"
expect "newest first" "$(seen '[o["created_at"] for o in it["orders"]] == sorted((o["created_at"] for o in it["orders"]), reverse=True)')" True
tick "$(seen 'len(it["orders"])') of CUST001 in processing, ours among them, newest first"
for page in 1 1000000; do
  call GET "/orders?page=$page&limit=1"
  expect_status "page $page" 200
  expect "page $page" "$(seen 'len(it["orders"]), it["pagination"]["page"], it["pagination"]["limit"]')" "($((page == 1)), $page, 1)"
  expect "pages" "$(seen 'it["pagination"]["pages"] == it["pagination"]["total"] >= 1')" True
done
tick "one order on a page of one, none past the end"
for parameter in page=0 page=abc limit=101 status=unknown; do
  call GET "/orders?$parameter"
  expect_status "$parameter" 400
  tick "$parameter: 400 $(seen 'it["message"]')"
done

step "4. GET /status/{identifier}"
expect_execution "by order id" "$order_id" order_id
expect_execution "by ARN" "$execution_arn" execution_arn
expect_execution "by percent-encoded ARN" "${execution_arn//:/%3A}" execution_arn

step "5. Idempotency-Key"
key=$(python3 -c 'import uuid; print(uuid.uuid4())')
create "$MOUSE" --header "Idempotency-Key: $key"
expect_status "first time" 201
first=$body
mouse_id=$(seen 'it["order_id"]')
call POST /orders "$MOUSE" --header "Idempotency-Key: $key"
expect "same key, same order" "$status $body" "201 $first"
tick "same key, same order: 201, order $mouse_id again"
call POST /orders "$ORDER" --header "Idempotency-Key: $key"
expect_message "same key, another order" 422 "Idempotency-Key was already used with a different order"

step "6. PUT /orders/{order_id}"
for new_status in processing shipped delivered; do
  call PUT "/orders/$mouse_id" "{\"status\": \"$new_status\"}"
  expect_status "to $new_status" 200
  expect "to $new_status" "$(seen 'it["message"], it["order_id"], it["status"]')" \
    "('Order updated successfully', '$mouse_id', '$new_status')"
  tick "to $new_status: 200 $body"
done
call PUT "/orders/$mouse_id" '{"status": "processing"}'
expect_message "back again" 409 "Order cannot go from delivered to processing"
call PUT "/orders/$mouse_id" '{"status": "lost"}'
expect_status "unknown status" 400
tick "unknown status: 400 $(seen 'it["message"]')"

step "7. DELETE /orders/{order_id}"
for one in "$order_id" "$mouse_id"; do
  call DELETE "/orders/$one"
  expect_status "deleted" 200
  expect "deleted" "$(seen 'it["message"], it["order_id"]')" "('Order deleted successfully', '$one')"
  tick "deleted: 200 $body"
  call DELETE "/orders/$one"
  expect_message "deleted twice" 404 "Order not found"
  call GET "/orders/$one"
  expect_message "read after that" 404 "Order not found"
done
made=()

step "8. Errors"
create '{"items": [{"product_id": "PROD001", "quantity": 2}]}'
expect_message "no customer_id" 400 "Missing required field: customer_id"
send GET /orders
expect_message "no key" 403 "Forbidden"
send GET /orders --header "x-api-key: wrong"
expect_message "wrong key" 403 "Forbidden"
call GET /nowhere
expect_message "unknown path" 403 "Missing Authentication Token"
call GET "/orders/$UNKNOWN"
expect_message "unknown order" 404 "Order not found"
call GET "/status/$UNKNOWN"
expect_message "status of an unknown order" 404 "Execution not found"
call GET "/status/${execution_arn/:OrderProcessing/:SomethingElse}"
expect_message "status of another state machine's execution" 404 "Execution not found"

printf '\n=== Test Complete: all as promised ===\n'
