/*
 * The options of commands that call the API (cmd/net/connect.h), for the table.
 */
#ifndef HJ_CMD_CONNECT_OPTIONS_H
#define HJ_CMD_CONNECT_OPTIONS_H

/* Rows for the table of options. */
#define CONNECT_OPTIONS                                                                            \
	{"base-url", 0, "ORIGIN", NULL,                                                            \
		"where the API is, https://api.tailscale.com unless given"},                       \
		{"tailnet", 0, "NAME", NULL,                                                       \
			"which tailnet, - (the credential's own) unless given"},                   \
		{"timeout", 0, "SECONDS", NULL,                                                    \
			"for one call with its repetitions, 60 unless given"},                     \
		{"credentials-file", 0, "FILE", NULL,                                              \
			"read NAME=VALUE lines before the environment"},                           \
		{"ca-file", 0, "FILE", NULL,                                                       \
			"trust these certificates (PEM) instead of the system's"},                 \
		{"insecure-http", 0, NULL, NULL, "allow plain http to other machines"},            \
	{                                                                                          \
		"verbose", 'v', NULL, NULL, "say on standard error what is sent and received"      \
	}

#define CONNECT_DESCRIPTION                                                                        \
	"The credential comes from the environment, never from an argument: TS_API_KEY or "        \
	"TAILSCALE_API_KEY for an API key, TS_OAUTH_ID and TS_OAUTH_SECRET (or "                   \
	"TAILSCALE_OAUTH_CLIENT_ID and …_SECRET) for an OAuth client, TS_OAUTH_ID and "          \
	"TS_ID_TOKEN "                                                                             \
	"for a workload's identity. TS_TAILNET or TAILSCALE_TAILNET names the tailnet, "           \
	"TS_BASE_URL "                                                                             \
	"or TAILSCALE_BASE_URL the origin. A variable that is empty is not set. A line "           \
	"NAME=VALUE "                                                                              \
	"in the --credentials-file goes before the environment.\n"

#endif
