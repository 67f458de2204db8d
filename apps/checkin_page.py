"""Check-in's frontend in small: a page that says how many sessions are active, asked of the backend."""

# mypy: allow-untyped-decorators

from fastapi.responses import HTMLResponse

from apps.calls import http_client
from apps.links import Http, Links
from apps.service import serve, service

links = Links()
backend = links.to("backend", Http)
app = service(links)

PAGE = "<!doctype html><html lang=en><title>Check-in</title><h1>Check-in</h1><p>Active sessions: {active}</p></html>"


@app.get("/")
async def page() -> HTMLResponse:
    """The page."""
    async with http_client(backend) as http:
        answer = await http.get("/api/v1/sessions")
    answer.raise_for_status()
    return HTMLResponse(PAGE.format(active=int(answer.json()["active"])))


if __name__ == "__main__":
    serve(app)
