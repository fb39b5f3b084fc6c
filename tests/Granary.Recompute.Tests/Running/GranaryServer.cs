using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Recompute.Tests.Running;

/// <summary><c>granary serve</c> in a process of its own, on a free port.</summary>
internal sealed class GranaryServer : IDisposable
{
    private readonly Process _process;

    private GranaryServer(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri(address, "/api/v1/"), Timeout = Eventually.Longest };
    }

    public HttpClient Client { get; }

    /// <param name="folder">Of its runs, accounts and trials.</param>
    public static async Task<GranaryServer> StartAsync(TemporaryFolder folder)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in (string[])[Programs.Granary, "serve", "--urls", "http://127.0.0.1:0",
            "--runs", folder.File("runs")])
            start.ArgumentList.Add(argument);
        start.Environment["GRANARY_TRIALS"] = folder.File("trials");
        TestCosts.Count(Started.Process);
        var process = Process.Start(start)!;
        try
        {
            return new GranaryServer(process, new Uri(await ListeningServer.AddressAsync(process)));
        }
        catch
        {
            End(process);
            throw;
        }
    }

    /// <summary>Asks once.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Asks again and again until an answer is as wanted; 503 is no answer yet.</summary>
    public async Task<JsonElement> UntilAsync(string path, Predicate<JsonElement> isWanted)
    {
        for (var started = Stopwatch.StartNew(); ; await Task.Delay(100, TestContext.Current.CancellationToken))
        {
            using var response = await Client.GetAsync(path);
            var text = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode)
            {
                var answer = JsonDocument.Parse(text).RootElement;
                if (isWanted(answer)) return answer;
            }
            else response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, text);
            started.Elapsed.ShouldBeLessThan(Eventually.LongestWork, text);
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        End(_process);
    }

    private static void End(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}
