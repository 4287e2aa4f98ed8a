/*
 * What a response says, when it is JSON: values by JSON Pointer.
 */
#ifndef HJ_API_JSON_H
#define HJ_API_JSON_H

#include "syntax/document.h"

typedef struct hj_json {
	hj_source *source;
	hj_document *document; /* NULL: it is no JSON */
	hj_arena arena;        /* decoded strings */
	bool failed;           /* there was no memory for a string: it was given as empty */
} hj_json;

/* Reads a copy of a text. HJ_SYNTAX: it is no JSON, and nothing is there; HJ_NO_MEMORY. Free either way. */
hj_status hj_json_read(hj_json *json, hj_slice text, const hj_allocator *allocator);
void hj_json_free(hj_json *json);

/* The node that a pointer names from the root, or HJ_JSON_NOTHING. */
#define HJ_JSON_NOTHING UINT32_MAX
uint32_t hj_json_find(const hj_json *json, const char *pointer);
/* The member of an object, by its exact name. */
uint32_t hj_json_member(const hj_json *json, uint32_t object, const char *name);
hj_kind hj_json_kind(const hj_json *json, uint32_t node);
/* The elements of an array: begin with 0, ends with HJ_JSON_NOTHING. */
uint32_t hj_json_next(const hj_json *json, uint32_t array, uint32_t before);
/* A string's value, decoded; size 0 for another kind. Valid as long as the json. */
hj_slice hj_json_string(hj_json *json, uint32_t node);
/* A whole number; false for another kind. */
bool hj_json_integer(const hj_json *json, uint32_t node, int64_t *out);

#endif
