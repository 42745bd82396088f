"""The whole product on this machine: a sandbox forge, the bot, and a pull request to review."""
