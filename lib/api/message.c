#include "api/message.h"

#include <strings.h>

static const char *const method_names[HJ_METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

const char *hj_method_name(hj_method method)
{
	return method_names[method];
}

bool hj_method_named(hj_slice name, hj_method *out)
{
	for (unsigned i = 0; i < HJ_METHODS; i++)
		if (hj_slice_equal(name, hj_slice_str(method_names[i]))) {
			*out = (hj_method)i;
			return true;
		}
	return false;
}

/* -- headers ----------------------------------------------------------------------------------- */

/* RFC 9110 5.1 and 5.5: names are tokens; values have no control characters but the tab. */
static bool is_name(hj_slice name)
{
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.data[i];
		if (c <= ' ' || c >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return name.size > 0;
}

static bool is_value(hj_slice value)
{
	for (size_t i = 0; i < value.size; i++) {
		unsigned char c = (unsigned char)value.data[i];
		if ((c < ' ' && c != '\t') || c == 0x7F)
			return false;
	}
	return true;
}

static bool copy(const hj_allocator *allocator, hj_slice bytes, hj_slice *out)
{
	char *data = hj_alloc(allocator, bytes.size);
	if (!data)
		return false;
	if (bytes.size)
		memcpy(data, bytes.data, bytes.size);
	*out = (hj_slice){data, bytes.size};
	return true;
}

/* Gives a text back; what is secret is overwritten first. */
static void release(const hj_allocator *allocator, hj_slice text, bool secret)
{
	char *data = (char *)(uintptr_t)text.data; /* it was allocated here */
	if (secret && text.size)
		explicit_bzero(data, text.size);
	hj_free(allocator, data, text.size);
}

hj_status hj_headers_add(hj_headers *headers, hj_slice name, hj_slice value, bool secret)
{
	if (!is_name(name) || !is_value(value))
		return HJ_INVALID;
	hj_status status = hj_grow(headers->allocator, &headers->items, &headers->capacity,
		headers->count + 1, sizeof *headers->items);
	if (status)
		return HJ_NO_MEMORY;
	hj_header header = {.secret = secret};
	if (!copy(headers->allocator, name, &header.name))
		return HJ_NO_MEMORY;
	if (!copy(headers->allocator, value, &header.value)) {
		release(headers->allocator, header.name, false);
		return HJ_NO_MEMORY;
	}
	headers->items[headers->count++] = header;
	return HJ_OK;
}

hj_slice hj_headers_get(const hj_headers *headers, const char *name)
{
	size_t size = strlen(name);
	for (size_t i = 0; i < headers->count; i++) {
		const hj_header *header = &headers->items[i];
		if (header->name.size == size && !strncasecmp(header->name.data, name, size))
			return header->value;
	}
	return (hj_slice){NULL, 0};
}

void hj_headers_free(hj_headers *headers)
{
	for (size_t i = 0; i < headers->count; i++) {
		release(headers->allocator, headers->items[i].name, false);
		release(headers->allocator, headers->items[i].value, headers->items[i].secret);
	}
	hj_free(headers->allocator, headers->items, headers->capacity * sizeof *headers->items);
	*headers = (hj_headers){.allocator = headers->allocator};
}

/* -- requests and responses ---------------------------------------------------------------------- */

void hj_request_init(hj_request *request, const hj_allocator *allocator)
{
	*request = (hj_request){.headers.allocator = allocator};
	hj_text_init(&request->target, allocator);
	hj_text_init(&request->body, allocator);
}

void hj_request_free(hj_request *request)
{
	if (request->secret_body && request->body.size)
		explicit_bzero(request->body.data, request->body.size);
	hj_headers_free(&request->headers);
	hj_text_free(&request->target);
	hj_text_free(&request->body);
}

static void write_head(const hj_request *request, hj_slice host, bool hide, hj_text *out)
{
	const char *end = hide ? "\n" : "\r\n";
	hj_text_str(out, hj_method_name(request->method));
	hj_text_byte(out, ' ');
	hj_text_append(out, hj_text_slice(&request->target));
	hj_text_str(out, " HTTP/1.1");
	hj_text_str(out, end);
	hj_text_str(out, "Host: ");
	hj_text_append(out, host);
	hj_text_str(out, end);
	for (size_t i = 0; i < request->headers.count; i++) {
		const hj_header *header = &request->headers.items[i];
		hj_text_append(out, header->name);
		hj_text_str(out, ": ");
		hj_text_append(out, hide && header->secret ? HJ_SLICE("(hidden)") : header->value);
		hj_text_str(out, end);
	}
	if (request->has_body)
		hj_text_printf(out, "Content-Length: %zu%s", request->body.size, end);
}

hj_status hj_request_write(const hj_request *request, hj_slice host, hj_text *out)
{
	write_head(request, host, false, out);
	hj_text_str(out, "\r\n");
	hj_text_append(out, hj_text_slice(&request->body));
	return out->status;
}

hj_status hj_request_trace(const hj_request *request, hj_slice host, hj_text *out)
{
	write_head(request, host, true, out);
	return out->status;
}

void hj_response_init(hj_response *response, const hj_allocator *allocator)
{
	*response = (hj_response){.headers.allocator = allocator};
	hj_text_init(&response->body, allocator);
}

void hj_response_free(hj_response *response)
{
	hj_headers_free(&response->headers);
	hj_text_free(&response->body);
}

/* -- percent encoding (RFC 3986 2.1) ------------------------------------------------------------ */

hj_status hj_percent_encode(hj_text *out, hj_slice bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < bytes.size; i++) {
		unsigned char c = (unsigned char)bytes.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || (c && strchr("-._~", c));
		if (plain) {
			hj_text_byte(out, (char)c);
		} else {
			hj_text_byte(out, '%');
			hj_text_byte(out, digits[c >> 4]);
			hj_text_byte(out, digits[c & 15]);
		}
	}
	return out->status;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hj_percent_decode(hj_text *out, hj_slice bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		if (bytes.data[i] != '%') {
			hj_text_byte(out, bytes.data[i]);
			continue;
		}
		int high = bytes.size - i > 2 ? digit_of(bytes.data[i + 1]) : -1;
		int low = high < 0 ? -1 : digit_of(bytes.data[i + 2]);
		if (low < 0)
			return false;
		hj_text_byte(out, (char)(high << 4 | low));
		i += 2;
	}
	return true;
}
