using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Storage.Retries;

namespace Granary.QuestDb;

/// <summary>Sends lines of the InfluxDB line protocol to QuestDB.</summary>
internal abstract class IlpSender : IAsyncDisposable
{
    /// <summary>Sends complete lines.</summary>
    /// <exception cref="BarDataException">The server rejects the lines. The message is one sentence.</exception>
    /// <exception cref="BarStoreException">The server cannot be reached, also after retries.</exception>
    public abstract Task SendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    public static IlpSender Open(QuestDbAddress address) => address.IlpPort is { } port ? new Tcp(address, port) : new Http(address);

    /// <summary>Sends lines with POST /write. The response confirms that the lines are in the table; a request is applied completely or not
    /// at all.</summary>
    internal sealed class Http(QuestDbAddress address, TimeProvider? clock = null, HttpMessageHandler? handler = null) : IlpSender
    {
        private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);
        private readonly HttpClient _client =
            new(handler ?? new SocketsHttpHandler()) { BaseAddress = address.Http, Timeout = TimeSpan.FromSeconds(100) };
        private readonly TimeProvider _clock = clock ?? TimeProvider.System;

        // Sending is idempotent: time and symbol are the key of a row.
        public override async Task SendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
        {
            bool IsAway(Exception e) =>
                e is HttpRequestException or IOException || e is TaskCanceledException && !cancellationToken.IsCancellationRequested;
            try
            {
                await RetryPolicies.ServerAway(IsAway, Timeout, _clock).RunAsync(stop => PostAsync(lines, stop), cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (IsAway(e))
            {
                throw new BarStoreException($"{address.Address} does not take lines over "
                    + $"HTTP: {e.Message.TrimEnd('.')}; start the server, correct the address, or for a server before 7.4 write "
                    + $"?ilp=tcp:9009 behind it", e);
            }
        }

        /// <returns>The HTTP status code of the success.</returns>
        /// <exception cref="HttpRequestException">
        /// The server cannot be reached, or its response says that a retry may succeed.
        /// </exception>
        private async Task<HttpStatusCode> PostAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "write?precision=n") { Content = new ReadOnlyMemoryContent(lines) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
            if (address.User is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"{address.User}:{address.Password}")));
            using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response.StatusCode;
            var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            Exception fault = response.StatusCode switch
            {
                HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed =>
                    new BarDataException($"{address.Address}: the server takes no lines over HTTP, as before QuestDB 7.4; write "
                        + $"?ilp=tcp:9009 behind the address"),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    new BarDataException($"{address.Address}: the server refuses the user or the password; correct them"),
                HttpStatusCode.RequestEntityTooLarge =>
                    new BarDataException($"{address.Address}: the server refuses requests "
                        + $"of {lines.Length} bytes; raise http.recv.max.initial.buffer.size or line.http limits"),
                < HttpStatusCode.InternalServerError =>
                    new BarDataException($"{address.Address}: the server refuses the lines: {Sentence(body)}"),
                _ => new HttpRequestException($"it answers {(int)response.StatusCode} ({Sentence(body)})"),
            };
            throw fault;
        }

        // {"code":"invalid","message":"failed to parse line protocol:errors encountered on line(s):…","line":2,"errorId":"…"}
        private static string Sentence(string body)
        {
            try
            {
                using var json = JsonDocument.Parse(body);
                var message = json.RootElement.GetProperty("message").GetString() ?? body;
                return json.RootElement.TryGetProperty("line", out var line) ? $"line {line}: {message.Trim().ReplaceLineEndings(" ")}"
                    : message.Trim().ReplaceLineEndings(" ");
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return body.Length > 200 ? body[..200] + "…" : body.Trim().ReplaceLineEndings(" ");
            }
        }

        public override ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>
    /// Sends lines over TCP. The server sends no response, and closes the connection if it rejects lines. Only the table shows whether they
    /// arrived.
    /// </summary>
    internal sealed class Tcp(QuestDbAddress address, int port) : IlpSender
    {
        private TcpClient? _client;
        private bool _sent;

        public override async Task SendAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
        {
            try
            {
                if (_client is null)
                {
                    _client = new TcpClient { NoDelay = true };
                    await _client.ConnectAsync(address.Host, port, cancellationToken).ConfigureAwait(false);
                }
                await _client.GetStream().WriteAsync(lines, cancellationToken).ConfigureAwait(false);
                _sent = true;
            }
            catch (Exception e) when (e is SocketException or IOException && _sent)
            {
                throw new BarStoreException($"{address.Address} went away in the middle of the lines "
                    + $"({(e.InnerException ?? e).Message.TrimEnd('.')}), or refused them, which its log says; start the server and run "
                    + $"the import again: it goes on where it was", e);
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                throw new BarStoreException($"{address.Address}: lines cannot be sent to "
                    + $"port {port} ({e.Message.TrimEnd('.')}); start the server, or correct ilp=tcp:PORT", e);
            }
        }

        public override ValueTask DisposeAsync()
        {
            _client?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
