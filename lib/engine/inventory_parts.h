/*
 * What the files inventory….c share: their rules, the state of a reading, an object's fields.
 *
 * Shared inside the folder.
 */
#ifndef HJ_ENGINE_INVENTORY_PARTS_H
#define HJ_ENGINE_INVENTORY_PARTS_H

#include "engine/inventory.h"
#include "syntax/string.h"

enum {
	V_NOT_OBJECT,
	V_TYPE,
	V_UNNAMED,
	V_TWICE,
	V_ADDRESS,
	V_FOREIGN,
	V_TAKEN,
	V_TAG,
	V_ROLE,
	V_STRANGER,
	V_NOBODY,
	V_SERVICE,
	V_IDLE_ROUTE,
	V_OVERLAP,
	V_COUNT,
};
extern const hj_rule hj__inventory_rows[V_COUNT];

/* An enabled subnet route of a device, and where it is written. */
typedef struct hj_written_route {
	hj_prefix prefix;
	uint32_t device, node;
} hj_written_route;

typedef struct hj_reader {
	const hj_document *document;
	const hj_node *nodes;
	hj_inventory *out;
	hj_findings *findings;
	const hj_allocator *allocator;
	hj_map logins;    /* in lower case → user */
	hj_map services;  /* name → service */
	hj_map addresses; /* the bytes of an address → the node of its text */
	uint32_t *named;  /* of the list at hand: the nodes of its entries' names */
	hj_written_route *routes;
	size_t route_count, route_capacity;
	bool ok; /* false: memory was out */
} hj_reader;

/* Adds a finding at a node: a row of the table, and what printf takes. */
#define HJ_FIND(read, rule, node, ...)                                                             \
	hj_findings_add((read)->findings, &hj__inventory_rows[rule],                               \
		hj_node_span(&(read)->nodes[node]), __VA_ARGS__)

static inline hj_kind hj__read_kind(const hj_reader *read, uint32_t node)
{
	return hj_node_kind(&read->nodes[node]);
}

/* "a number". */
const char *hj__kind_words(hj_kind kind);
/* What a string node means; of node 0, which is no string, nothing. */
hj_slice hj__read_text(hj_reader *read, uint32_t node);
/* Room for some items; NULL also when there are none. */
void *hj__read_room(hj_reader *read, size_t count, size_t size);

/* -- objects and lists ------------------------------------------------------------------------- */

typedef struct hj_read_field {
	hj_slice name;
	hj_kind kind; /* HJ_TRUE: either truth value */
} hj_read_field;
#define HJ_FIELD(text, kind)                                                                       \
	{                                                                                          \
		{"" text, sizeof(text) - 1}, kind                                                  \
	}

/*
 * The values of an object's fields, 0 for those that are not there, null or of a wrong type. Of a
 * field that is written twice the first value counts. Returns the fields that have a wrong type, as
 * 1U << index.
 */
unsigned hj__read_fields(hj_reader *read, uint32_t object, const hj_read_field *fields,
	size_t count, uint32_t *values);
/* Elements of a list, or names and values of an object; of node 0 none. */
uint32_t hj__read_count(const hj_reader *read, uint32_t container);
/*
 * The next element of a list, at *at, that is of a kind; 0 after the last. Start with *at 0; a list
 * of 0 is empty. Elements of other kinds are found, unless `list` is NULL.
 */
uint32_t hj__read_next(
	hj_reader *read, uint32_t array, const hj_read_field *list, hj_kind wanted, uint32_t *at);

/* Puts a name into its map; false when it stands there already, *index is then the first one's. */
bool hj__read_claim(hj_reader *read, hj_map *map, hj_slice name, uint32_t *index);
/*
 * The same for the name of the entry that comes next, the index-th of its list, with a finding when
 * it stands there already. The name is in the map's form, the node is its text, "user" the noun.
 */
bool hj__read_name(hj_reader *read, hj_map *map, hj_slice name, uint32_t node, const char *noun,
	uint32_t index);

/* -- entries ------------------------------------------------------------------------------------- */

void hj__read_device(hj_reader *read, uint32_t node);
void hj__read_service(hj_reader *read, uint32_t node);

/*
 * Finds routes that lie within a wider one of another device, one finding for each. Sorts them.
 * HJ_NO_MEMORY only.
 */
hj_status hj__find_overlaps(const hj_inventory *inventory, hj_written_route *routes, size_t count,
	hj_findings *findings);

#endif
