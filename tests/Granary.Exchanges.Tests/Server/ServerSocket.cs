using System.Collections.Concurrent;
using System.Net.WebSockets;

namespace Granary.Exchanges.Tests.Server;

/// <summary>A websocket client of the local exchange.</summary>
/// <param name="write">Sends a text to the client.</param>
/// <param name="abort">Breaks the connection.</param>
internal sealed class ServerSocket(Func<string, Task> write, Action abort)
{
    private readonly SemaphoreSlim _lock = new(1);
    private readonly ConcurrentDictionary<string, bool> _topics = new(StringComparer.Ordinal);
    private string? _held;

    public bool IsPrivate { get; set; }

    public void Follow(string topic) => _topics[topic] = true;

    public bool Follows(string topic) => _topics.ContainsKey(topic);

    public async Task SendAsync(string message, ServerFaults? faults = null)
    {
        await _lock.WaitAsync();
        try
        {
            if (faults is null)
            {
                await write(message);
                return;
            }
            if (_held is null && faults.Draw(faults.Reorders))
            {
                _held = message;
                return;
            }
            await write(message);
            if (faults.Draw(faults.Duplicates)) await write(message);
            if (_held is { } held) await write(held);
            _held = null;
            if (faults.Draw(faults.Disconnects)) abort();
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // The client is gone.
        }
        finally
        {
            _lock.Release();
        }
    }

    public void Abort() => abort();
}
