"""How people and machines reach Serai: web pages, API, worker, commands. No decisions are taken here."""
