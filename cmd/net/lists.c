/*
 * What a tailnet has, for looking at: each verb calls one endpoint, with an operand another one.
 */
#include "cmd/net/verb.h"

static const struct list {
	const char *verb;
	const char *all; /* endpoint of the list */
	const char *one; /* of one item, by the operand; NULL: there is none */
	const char *parameter;
	/* A query that the list always has: all there is, not the usual part. */
	const char *query, *value;
} lists[] = {
	{"devices", "devices.list", "device.get", "deviceId", "fields", "all"},
	{"users", "users.list", "user.get", "userId", "type", "all"},
	{"keys", "keys.list", "key.get", "keyId", "all", "true"},
	{"services", "services.list", "service.get", "serviceName", NULL, NULL},
	{"posture", "posture.list", "device.attributes.get", "deviceId", NULL, NULL},
};

/* Each verb that comes here has its row; the last one stands for itself. */
static const struct list *list_named(const char *verb)
{
	size_t i = 0;
	while (i + 1 < sizeof lists / sizeof *lists && strcmp(lists[i].verb, verb))
		i++;
	return &lists[i];
}

static int run_list(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	const struct list *list = list_named(arguments->operands[0]);
	hj_parameter parameters[2];
	size_t used = 0;
	const char *endpoint = list->all;
	if (count) {
		bool hosts = options_has(arguments, "hosts");
		endpoint = hosts ? "service.devices" : list->one;
		parameters[used++] = (hj_parameter){list->parameter, hj_slice_str(operands[0])};
	} else if (list->query) {
		parameters[used++] = (hj_parameter){list->query, hj_slice_str(list->value)};
	}
	hj_call call;
	int status = connect_call(
		connection, hj_endpoint_named(endpoint), parameters, used, NULL, &call);
	if (!status)
		status = print_json(connection->app, arguments, hj_text_slice(&call.response.body));
	hj_call_free(&call);
	return status;
}

/* The parts of DNS, one object: {"nameservers": …, "preferences": …, …}. */
static int run_dns(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)operands, (void)count;
	static const char *const parts[][2] = {
		{"nameservers", "dns.nameservers.get"},
		{"preferences", "dns.preferences.get"},
		{"searchPaths", "dns.searchpaths.get"},
		{"splitDNS", "dns.split.get"},
	};
	struct app *app = connection->app;
	hj_text all;
	hj_text_init(&all, app->allocator);
	int status = EXIT_CLEAN;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && !status; i++) {
		hj_call call;
		status = connect_call(
			connection, hj_endpoint_named(parts[i][1]), NULL, 0, NULL, &call);
		hj_text_printf(&all, "%s\"%s\": ", i ? ", " : "{", parts[i][0]);
		hj_text_append(&all, hj_text_slice(&call.response.body));
		hj_call_free(&call);
	}
	hj_text_byte(&all, '}');
	if (!status)
		status = all.status ? app_out_of_memory(app, NULL)
				    : print_json(app, arguments, hj_text_slice(&all));
	hj_text_free(&all);
	return status;
}

const struct verb list_verbs[] = {
	{"devices", 0, 1, run_list, VERB_PAGED},
	{"users", 0, 1, run_list, VERB_PAGED},
	{"keys", 0, 1, run_list, VERB_PAGED},
	{"services", 0, 1, run_list, VERB_PAGED},
	{"posture", 0, 1, run_list, VERB_PAGED},
	{"dns", 0, 0, run_dns, VERB_PAGED},
	{NULL, 0, 0, NULL, 0},
};
