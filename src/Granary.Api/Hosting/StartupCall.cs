using System.Net.Security;
using Granary.Api.Dashboard;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Hosting;

/// <summary>
/// Calls the server once as soon as it listens, and compresses the dashboard's files: the first call of a process compiles the code of all
/// calls and builds the table of routes, which takes about half a second that the first user would wait.
/// </summary>
internal sealed class StartupCall(IServer server, ILogger<StartupCall> log) : IHostedLifecycleService
{
    private readonly CancellationTokenSource _stopped = new();
    private Task _call = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _call = Task.Run(CallAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync().ConfigureAwait(false);
        await _call.ConfigureAwait(false);
        _stopped.Dispose();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The address at which this process reaches its server.</summary>
    /// <param name="bound">As the server reports it: <c>http://[::]:8080</c>, <c>https://10.0.0.7:8443</c>, <c>http://+:80</c>.</param>
    /// <returns>Null if the server listens on a Unix socket or a named pipe.</returns>
    public static Uri? AddressOf(string bound)
    {
        var address = BindingAddress.Parse(bound);
        if (address.IsUnixPipe || address.IsNamedPipe) return null;
        var host = address.Host switch
        {
            "*" or "+" or "0.0.0.0" => "127.0.0.1",
            "[::]" => "[::1]",
            var named => named,
        };
        return new UriBuilder(address.Scheme, host, address.Port, "/health/live").Uri;
    }

    private async Task CallAsync()
    {
        _ = DashboardFile.Index;
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } bound
            || AddressOf(bound) is not { } address) return;
        try
        {
            // The certificate may name another host than this address; nothing secret is sent, and the answer is dropped.
            using var handler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
            };
            using var client = new HttpClient(handler);
            using var answer = await client.GetAsync(address, _stopped.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The first caller waits a little longer; that is all.
            log.LogDebug(e, "The server's call of itself at the start failed.");
        }
    }
}
