/*
 * hujson tailnet snapshot: what only the tailnet knows, as an inventory for the other commands.
 */
#include "api/json.h"
#include "cmd/net/verb.h"
#include "syntax/string.h"

struct snapshot {
	struct connection *connection;
	hj_text out;
	hj_slice owner; /* borrowed from the users */
};

static int fetch(struct snapshot *snapshot, const char *endpoint, const char *query,
	const char *value, hj_json *json)
{
	struct app *app = snapshot->connection->app;
	hj_parameter parameter = {query, hj_slice_str(value)};
	hj_call call;
	*json = (hj_json){0};
	int status = connect_call(snapshot->connection, hj_endpoint_named(endpoint), &parameter,
		query ? 1 : 0, NULL, &call);
	if (!status) {
		hj_status failure =
			hj_json_read(json, hj_text_slice(&call.response.body), app->allocator);
		if (failure == HJ_NO_MEMORY) {
			status = app_out_of_memory(app, NULL);
		} else if (failure) {
			app_complain(app, NULL, "%s: the answer is no JSON",
				hj_endpoint_named(endpoint)->summary);
			status = EXIT_NETWORK;
		}
	}
	hj_call_free(&call);
	return status;
}

static hj_slice bytes_of(const hj_json *json, uint32_t node)
{
	if (node == HJ_JSON_NOTHING)
		return HJ_SLICE("[]");
	return hj_source_slice(hj_document_source(json->document),
		hj_node_span(&hj_document_nodes(json->document)[node]));
}

static hj_slice owner_of(hj_json *users)
{
	uint32_t list = hj_json_find(users, "/users");
	for (uint32_t at = hj_json_next(users, list, 0); at != HJ_JSON_NOTHING;
		at = hj_json_next(users, list, at))
		if (hj_slice_equal(hj_json_string(users, hj_json_member(users, at, "role")),
			    HJ_SLICE("owner")))
			return hj_json_string(users, hj_json_member(users, at, "loginName"));
	return (hj_slice){NULL, 0};
}

/* A device's object with its posture attributes before the closing brace. */
static int add_attributes(struct snapshot *snapshot, hj_json *devices, uint32_t device)
{
	struct connection *connection = snapshot->connection;
	hj_slice object = bytes_of(devices, device);
	hj_slice id = hj_json_string(devices, hj_json_member(devices, device, "nodeId"));
	if (id.size == 0)
		id = hj_json_string(devices, hj_json_member(devices, device, "id"));
	if (id.size == 0 || hj_json_member(devices, device, "attributes") != HJ_JSON_NOTHING) {
		hj_text_append(&snapshot->out, object);
		return EXIT_CLEAN;
	}
	hj_parameter parameter = {"deviceId", id};
	hj_call call;
	int status = connect_call(
		connection, hj_endpoint_named("device.attributes.get"), &parameter, 1, NULL, &call);
	hj_json json = {0};
	if (!status &&
		hj_json_read(&json, hj_text_slice(&call.response.body),
			connection->app->allocator) == HJ_NO_MEMORY)
		status = app_out_of_memory(connection->app, NULL);
	uint32_t attributes = hj_json_find(&json, "/attributes");
	if (!status && attributes != HJ_JSON_NOTHING) {
		hj_text_append(&snapshot->out, (hj_slice){object.data, object.size - 1});
		hj_text_str(&snapshot->out, ", \"attributes\": ");
		hj_text_append(&snapshot->out, bytes_of(&json, attributes));
		hj_text_byte(&snapshot->out, '}');
	} else if (!status) {
		hj_text_append(&snapshot->out, object);
	}
	hj_json_free(&json);
	hj_call_free(&call);
	return status;
}

static int add_devices(struct snapshot *snapshot, bool attributes)
{
	hj_json devices;
	int status = fetch(snapshot, "devices.list", "fields", "all", &devices);
	uint32_t list = hj_json_find(&devices, "/devices");
	hj_text_str(&snapshot->out, ", \"devices\": ");
	if (!attributes) {
		hj_text_append(&snapshot->out, bytes_of(&devices, list));
	} else {
		char before = '[';
		for (uint32_t at = hj_json_next(&devices, list, 0);
			at != HJ_JSON_NOTHING && !status; at = hj_json_next(&devices, list, at)) {
			hj_text_byte(&snapshot->out, before);
			status = add_attributes(snapshot, &devices, at);
			before = ',';
		}
		hj_text_str(&snapshot->out, before == '[' ? "[]" : "]");
	}
	hj_json_free(&devices);
	return status;
}

static int add_users(struct snapshot *snapshot)
{
	struct connection *connection = snapshot->connection;
	hj_json users;
	int status = fetch(snapshot, "users.list", "type", "all", &users);
	/* "-" is no name: the owner's login says the domain as well. */
	hj_slice tailnet = hj_slice_str(connection->tailnet);
	if (hj_slice_equal(tailnet, HJ_SLICE("-")))
		tailnet = owner_of(&users);
	hj_text_byte(&snapshot->out, '{');
	if (tailnet.size) {
		hj_text_str(&snapshot->out, "\"tailnet\": ");
		hj_string_encode(tailnet, &snapshot->out);
		hj_text_str(&snapshot->out, ", ");
	}
	hj_text_str(&snapshot->out, "\"users\": ");
	hj_text_append(&snapshot->out, bytes_of(&users, hj_json_find(&users, "/users")));
	hj_json_free(&users);
	return status;
}

/* A tailnet may have no right to services: then the inventory has none. */
static int add_services(struct snapshot *snapshot)
{
	hj_json services;
	int status = fetch(snapshot, "services.list", NULL, NULL, &services);
	uint32_t list = hj_json_find(&services, "/vipServices");
	if (!status && list != HJ_JSON_NOTHING) {
		hj_text_str(&snapshot->out, ", \"services\": ");
		hj_text_append(&snapshot->out, bytes_of(&services, list));
	} else if (status == EXIT_NETWORK) {
		app_complain(snapshot->connection->app, NULL, "the inventory is without services");
		status = EXIT_CLEAN;
	}
	hj_json_free(&services);
	return status;
}

static int run_snapshot(struct connection *connection, const struct arguments *arguments,
	char **operands, size_t count)
{
	(void)operands, (void)count;
	struct app *app = connection->app;
	struct snapshot snapshot = {.connection = connection};
	hj_text_init(&snapshot.out, app->allocator);
	int status = add_users(&snapshot);
	if (!status)
		status = add_devices(&snapshot, options_has(arguments, "attributes"));
	if (!status)
		status = add_services(&snapshot);
	hj_text_byte(&snapshot.out, '}');
	if (!status)
		status = snapshot.out.status
			? app_out_of_memory(app, NULL)
			: print_json(app, arguments, hj_text_slice(&snapshot.out));
	hj_text_free(&snapshot.out);
	return status;
}

const struct verb snapshot_verbs[] = {
	{"snapshot", 0, 0, run_snapshot, VERB_PAGED}, {NULL, 0, 0, NULL, 0}};
