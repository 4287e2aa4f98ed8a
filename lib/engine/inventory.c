#include "engine/inventory.h"

#include "base/fold.h"
#include "engine/inventory_parts.h"

/* -- users ------------------------------------------------------------------------------------- */

enum { USER_LOGIN, USER_ROLE, USER_TYPE, USER_FIELDS };
static const hj_read_field user_fields[USER_FIELDS] = {
	[USER_LOGIN] = HJ_FIELD("loginName", HJ_STRING),
	[USER_ROLE] = HJ_FIELD("role", HJ_STRING),
	[USER_TYPE] = HJ_FIELD("type", HJ_STRING),
};

static hj_autogroup role_of(hj_reader *read, uint32_t node)
{
	hj_slice text = hj__read_text(read, node);
	hj_autogroup role = hj_autogroup_of(text);
	if (text.size == 0 || hj_autogroup_is_role(role) || role == HJ_AUTOGROUP_MEMBER)
		return role;
	HJ_FIND(read, V_ROLE, node, "there is no role \"%.*s\"", HJ_SLICE_ARGS(text));
	return HJ_AUTOGROUP_UNKNOWN;
}

static bool is_shared(hj_reader *read, uint32_t node)
{
	hj_slice text = hj__read_text(read, node);
	bool shared = hj_slice_equal(text, HJ_SLICE("shared"));
	if (text.size && !shared && !hj_slice_equal(text, HJ_SLICE("member")))
		HJ_FIND(read, V_ROLE, node, "there is no type \"%.*s\" of users",
			HJ_SLICE_ARGS(text));
	return shared;
}

static void read_user(hj_reader *read, uint32_t node)
{
	hj_inventory *out = read->out;
	uint32_t at[USER_FIELDS];
	unsigned wrong = hj__read_fields(read, node, user_fields, USER_FIELDS, at);
	hj_inventory_user user = {.node = node, .login = hj__read_text(read, at[USER_LOGIN])};
	hj_slice login = hj_slice_folded(user.login, &out->arena, &read->ok);
	user.role = role_of(read, at[USER_ROLE]);
	user.shared = is_shared(read, at[USER_TYPE]);
	if (user.login.size) {
		if (hj__read_name(
			    read, &read->logins, login, at[USER_LOGIN], "user", out->user_count))
			out->users[out->user_count++] = user;
	} else if (!(wrong & 1U << USER_LOGIN)) {
		HJ_FIND(read, V_UNNAMED, node, "a user without \"loginName\"");
	}
}

/* -- the whole ----------------------------------------------------------------------------------- */

enum { ROOT_TAILNET, ROOT_USERS, ROOT_DEVICES, ROOT_SERVICES, ROOT_VIP_SERVICES, ROOT_FIELDS };
static const hj_read_field root_fields[ROOT_FIELDS] = {
	[ROOT_TAILNET] = HJ_FIELD("tailnet", HJ_STRING),
	[ROOT_USERS] = HJ_FIELD("users", HJ_ARRAY),
	[ROOT_DEVICES] = HJ_FIELD("devices", HJ_ARRAY),
	[ROOT_SERVICES] = HJ_FIELD("services", HJ_ARRAY),
	[ROOT_VIP_SERVICES] = HJ_FIELD("vipServices", HJ_ARRAY), /* as the API calls them */
};

static void read_list(hj_reader *read, const uint32_t *at, size_t which,
	void (*read_entry)(hj_reader *read, uint32_t node))
{
	read->named = hj__read_room(read, hj__read_count(read, at[which]), sizeof *read->named);
	for (uint32_t here = 0, node; read->ok &&
		(node = hj__read_next(read, at[which], &root_fields[which], HJ_OBJECT, &here));)
		read_entry(read, node);
}

/* The first labels of names that are domains; HJ_NONE for what several devices begin with. */
static void index_labels(hj_reader *read)
{
	hj_inventory *out = read->out;
	for (uint32_t i = 0; i < out->device_count && read->ok; i++) {
		hj_slice name = out->devices[i].name;
		const char *dot = memchr(name.data, '.', name.size);
		uint32_t *found = NULL;
		bool was_there = false;
		if (!dot)
			continue;
		hj_slice label = hj_slice_of(name.data, (size_t)(dot - name.data));
		if (hj_map_put(&out->labels, label, i, &found, &was_there))
			read->ok = false;
		else if (was_there)
			*found = HJ_NONE;
	}
}

static void read_all(hj_reader *read)
{
	hj_inventory *out = read->out;
	uint32_t at[ROOT_FIELDS];
	hj__read_fields(read, 0, root_fields, ROOT_FIELDS, at);
	size_t services = at[ROOT_SERVICES] ? ROOT_SERVICES : ROOT_VIP_SERVICES;
	out->tailnet = hj__read_text(read, at[ROOT_TAILNET]);
	out->has_users = at[ROOT_USERS] != 0;
	out->has_devices = at[ROOT_DEVICES] != 0;
	/* Without a list, users are those of the devices. */
	out->users = hj__read_room(read,
		hj__read_count(read, at[out->has_users ? ROOT_USERS : ROOT_DEVICES]),
		sizeof *out->users);
	out->devices =
		hj__read_room(read, hj__read_count(read, at[ROOT_DEVICES]), sizeof *out->devices);
	out->services =
		hj__read_room(read, hj__read_count(read, at[services]), sizeof *out->services);
	read_list(read, at, ROOT_USERS, read_user);
	read_list(read, at, ROOT_DEVICES, hj__read_device);
	read_list(read, at, services, hj__read_service);
	index_labels(read);
	if (read->ok && hj__find_overlaps(out, read->routes, read->route_count, read->findings))
		read->ok = false;
}

hj_status hj_inventory_bind(const hj_document *document, const hj_allocator *allocator,
	hj_findings *findings, hj_inventory *out)
{
	*out = (hj_inventory){.document = document};
	hj_arena_init(&out->arena, allocator);
	hj_map_init(&out->names, allocator);
	hj_map_init(&out->labels, allocator);
	hj_reader read = {.document = document,
		.nodes = hj_document_nodes(document),
		.out = out,
		.findings = findings,
		.allocator = allocator,
		.ok = true};
	hj_map_init(&read.logins, allocator);
	hj_map_init(&read.services, allocator);
	hj_map_init(&read.addresses, allocator);
	if (hj__read_kind(&read, 0) == HJ_OBJECT)
		read_all(&read);
	else if (hj__read_kind(&read, 0) != HJ_ERROR)
		HJ_FIND(&read, V_NOT_OBJECT, 0, "an inventory is an object, not %s",
			hj__kind_words(hj__read_kind(&read, 0)));
	hj_map_free(&read.logins);
	hj_map_free(&read.services);
	hj_map_free(&read.addresses);
	hj_free(allocator, read.routes, read.route_capacity * sizeof *read.routes);
	if (read.ok && !findings->status)
		return HJ_OK;
	hj_inventory_free(out);
	return HJ_NO_MEMORY;
}

void hj_inventory_free(hj_inventory *inventory)
{
	hj_map_free(&inventory->names);
	hj_map_free(&inventory->labels);
	hj_arena_free(&inventory->arena);
	*inventory = (hj_inventory){.arena.allocator = inventory->arena.allocator};
}

uint32_t hj_inventory_device(const hj_inventory *inventory, hj_slice name)
{
	const uint32_t *found = hj_map_get(&inventory->names, name);
	if (!found)
		found = hj_map_get(&inventory->labels, name);
	return found ? *found : HJ_NONE;
}
