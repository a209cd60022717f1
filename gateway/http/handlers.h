// One function a route, each a few lines between the exchange and the room that does the work.
#pragma once

#include "gateway/http/gateway.h"
#include "gateway/http/message.h"

namespace throughline::http {

Response Health(const Gateway& gateway, Request& request);
Response MetricsText(const Gateway& gateway, Request& request);
Response AdminCommand(const Gateway& gateway, Request& request);

Response Metadata(const Gateway& gateway, Request& request);
Response CreateResource(const Gateway& gateway, Request& request);
Response ReadResource(const Gateway& gateway, Request& request);
Response ReadVersion(const Gateway& gateway, Request& request);
Response UpdateResource(const Gateway& gateway, Request& request);
Response SearchByQuery(const Gateway& gateway, Request& request);
Response SearchByForm(const Gateway& gateway, Request& request);

Response TakeLocalRecords(const Gateway& gateway, Request& request);
Response PreviewLocalRecords(const Gateway& gateway, Request& request);
Response ViewLocalRecord(const Gateway& gateway, Request& request);
Response FindLocalRecords(const Gateway& gateway, Request& request);

}  // namespace throughline::http
