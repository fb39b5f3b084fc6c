using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// A real Alertmanager with deploy/alertmanager/alertmanager.yml, which delivers to a webhook of the test. Only the waits of a group are
/// shorter.
/// </summary>
internal sealed class Alertmanager : IAsyncDisposable
{
    private const string Receiver = "  - name: operators\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-alertmanager-").FullName;
    private readonly WebApplication _webhook;
    private readonly Process _process;
    private readonly ConcurrentDictionary<string, JsonObject> _delivered = new(StringComparer.Ordinal);

    private Alertmanager(WebApplication webhook)
    {
        _webhook = webhook;
        Port = FreePorts.Take(1)[0];
        var text = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "deploy", "alertmanager", "alertmanager.yml"));
        text.ShouldEndWith(Receiver);
        foreach (var wait in (string[])["group_wait: 15s", "group_interval: 5m"])
        {
            text.ShouldContain(wait);
            text = text.Replace(wait, wait[..wait.IndexOf(' ', StringComparison.Ordinal)] + " 1s", StringComparison.Ordinal);
        }
        File.WriteAllText(Path.Combine(_folder, "alertmanager.yml"),
            text + $"    webhook_configs: [ {{ url: '{webhook.Urls.Single()}/', send_resolved: false }} ]\n");
        var start = new ProcessStartInfo("prometheus-alertmanager", [$"--config.file={_folder}/alertmanager.yml",
            $"--storage.path={_folder}/data", "--cluster.listen-address=", "--log.level=error",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{Port}")])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.BeginErrorReadLine();
    }

    /// <summary>On loopback.</summary>
    public int Port { get; }

    /// <summary>Starts one; null where the program is not installed (Debian: prometheus-alertmanager).</summary>
    public static async Task<Alertmanager?> TryStartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var webhook = builder.Build();
        Alertmanager? started = null;
        webhook.MapPost("/", async (HttpRequest request) =>
        {
            var message = (await JsonNode.ParseAsync(request.Body))!;
            foreach (var alert in message["alerts"]!.AsArray())
                started!._delivered[(string)alert!["labels"]!["alertname"]!] = alert.AsObject();
            return Results.Ok();
        });
        await webhook.StartAsync();
        try
        {
            return started = new Alertmanager(webhook);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            await webhook.DisposeAsync();
            return null;
        }
    }

    /// <summary>Waits until the alert has been delivered, and gives its annotations.</summary>
    public async Task<(string Summary, string Page)> DeliveredAsync(string alert)
    {
        await Eventually.HoldsAsync(() => _delivered.ContainsKey(alert), Eventually.LongestWork, $"delivered: {alert}");
        var annotations = _delivered[alert]["annotations"]!;
        return ((string)annotations["summary"]!, (string)annotations["runbook_url"]!);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        await _webhook.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
