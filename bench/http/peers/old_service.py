"""The debit in the shape of the old service: FastAPI, a dependency that asks Auth who calls, read, then write."""

import json
import os

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

upstream = os.environ["SUPABASE_URL"]
apikey = json.loads(os.environ["SUPABASE_PUBLISHABLE_KEYS"])["default"]
app = FastAPI()
client = httpx.AsyncClient(headers={"apikey": apikey})


class DeductTokensRequest(BaseModel):
    amount: int = Field(gt=0)


async def get_current_user(authorization: str = Header()):
    response = await client.get(f"{upstream}/auth/v1/user", headers={"authorization": authorization})
    if response.status_code != 200:
        raise HTTPException(401)
    return {**response.json(), "authorization": authorization}


@app.post("/tokens/deduct")
async def deduct(request: DeductTokensRequest, user=Depends(get_current_user)):
    wallet = f"{upstream}/rest/v1/user_tokens?user_id=eq.{user['id']}"
    headers = {"authorization": user["authorization"]}
    [row] = (await client.get(f"{wallet}&select=token", headers=headers)).json()
    if row["token"] < request.amount:
        raise HTTPException(402)
    balance = row["token"] - request.amount
    await client.patch(wallet, headers=headers, json={"token": balance})
    return {"token": balance}
