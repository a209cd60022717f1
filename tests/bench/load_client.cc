// Load over TLS from blocking connections, a thread each: sends one request after the other and counts whole answers.
//
//   bench_load_client PORT CA CERT KEY CONNECTIONS SECONDS STATUS REQUEST_FILE
//
// REQUEST_FILE holds the raw bytes of one request; every "@@@@@@@@" in it becomes an eight-digit number of its own for
// each request. Prints {"answers":N,"seconds":S,"p50_us":..,"p99_us":..,"wrong":N}; answers of another status than
// STATUS are wrong ones.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace {

using Time = std::chrono::steady_clock;

struct Task {
  int port = 0;
  std::string request;
  std::string status;  // "HTTP/1.1 200"
  Time::time_point end;
};

struct Count {
  std::vector<float> micros;
  std::size_t wrong = 0;
};

std::atomic<unsigned> next_number{0};

std::string Numbered(std::string request) {
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08u", next_number.fetch_add(1) % 100000000U);
  for (std::size_t at = 0; (at = request.find("@@@@@@@@", at)) != std::string::npos; at += 8)
    request.replace(at, 8, digits);
  return request;
}

// Reads one answer with a Content-Length or in chunks; false when the connection ended.
class Answers {
 public:
  explicit Answers(SSL* tls) : tls_(tls) {}

  bool Next(std::string& head) {
    std::size_t end = 0;
    while ((end = bytes_.find("\r\n\r\n")) == std::string::npos) {
      if (!Read()) return false;
    }
    head = bytes_.substr(0, end);
    bytes_.erase(0, end + 4);
    const std::size_t at = head.find("Content-Length: ");
    if (at == std::string::npos) return SkipChunks();
    std::size_t length = 0;
    std::from_chars(head.data() + at + 16, head.data() + head.size(), length);
    return Skip(length);
  }

 private:
  bool Read() {
    char block[16384];
    const int count = SSL_read(tls_, block, sizeof block);
    if (count <= 0) return false;
    bytes_.append(block, static_cast<std::size_t>(count));
    return true;
  }

  bool Skip(std::size_t length) {
    while (bytes_.size() < length) {
      if (!Read()) return false;
    }
    bytes_.erase(0, length);
    return true;
  }

  bool SkipChunks() {
    for (;;) {
      std::size_t line = 0;
      while ((line = bytes_.find("\r\n")) == std::string::npos) {
        if (!Read()) return false;
      }
      std::size_t length = 0;
      std::from_chars(bytes_.data(), bytes_.data() + line, length, 16);
      bytes_.erase(0, line + 2);
      if (!Skip(length + 2)) return false;
      if (length == 0) return true;
    }
  }

  SSL* tls_;
  std::string bytes_;
};

int Connect(int port) {
  const int file = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int one = 1;
  ::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr generic{};
  std::memcpy(&generic, &address, sizeof address);
  return ::connect(file, &generic, sizeof address) == 0 ? file : -1;
}

void Run(SSL_CTX* context, const Task& task, Count& count) {
  const int file = Connect(task.port);
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, file);
  char host[] = "localhost";
  SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host);
  if (file < 0 || SSL_connect(tls) != 1) {
    ++count.wrong;
  } else {
    Answers answers(tls);
    std::string head;
    while (Time::now() < task.end) {
      const std::string request = Numbered(task.request);
      const auto began = Time::now();
      if (SSL_write(tls, request.data(), static_cast<int>(request.size())) <= 0 || !answers.Next(head)) {
        ++count.wrong;
        break;
      }
      count.micros.push_back(std::chrono::duration<float, std::micro>(Time::now() - began).count());
      if (!head.starts_with(task.status)) ++count.wrong;
    }
  }
  SSL_free(tls);
  ::close(file);
}

float At(const std::vector<float>& sorted, double part) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(static_cast<double>(sorted.size() - 1) * part)];
}

int Number(const char* text) {
  int number = 0;
  std::from_chars(text, text + std::strlen(text), number);
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fprintf(stderr, "usage: %s PORT CA CERT KEY CONNECTIONS SECONDS STATUS REQUEST_FILE\n", argv[0]);
    return 2;
  }
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_locations(context, argv[2], nullptr) != 1 ||
      SSL_CTX_use_certificate_chain_file(context, argv[3]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, argv[4], SSL_FILETYPE_PEM) != 1) {
    std::fprintf(stderr, "load_client: the certificates cannot be loaded\n");
    return 2;
  }
  std::ifstream file(argv[8], std::ios::binary);
  Task task{Number(argv[1]), {std::istreambuf_iterator<char>(file), {}}, std::string("HTTP/1.1 ") + argv[7], {}};
  std::vector<Count> counts(static_cast<std::size_t>(Number(argv[5])));
  std::vector<std::thread> threads;
  const auto began = Time::now();
  task.end = began + std::chrono::seconds(Number(argv[6]));
  for (Count& count : counts) threads.emplace_back(Run, context, std::cref(task), std::ref(count));
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Time::now() - began).count();
  std::vector<float> all;
  std::size_t wrong = 0;
  for (const Count& count : counts) {
    all.insert(all.end(), count.micros.begin(), count.micros.end());
    wrong += count.wrong;
  }
  std::sort(all.begin(), all.end());
  std::printf("{\"answers\":%zu,\"seconds\":%.3f,\"p50_us\":%.0f,\"p99_us\":%.0f,\"wrong\":%zu}\n", all.size(), seconds,
              static_cast<double>(At(all, 0.5)), static_cast<double>(At(all, 0.99)), wrong);
  SSL_CTX_free(context);
  return wrong == 0 ? 0 : 1;
}
