using System.Net;
using System.Text;
using Granary.Cluster.Tests.Fixtures;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A silo that uses more of its memory than <c>--shed-memory</c> allows.</summary>
public sealed class LoadSheddingTests
{
    [Theory]
    [InlineData(1, HttpStatusCode.ServiceUnavailable)]
    [InlineData(99, HttpStatusCode.Accepted)]
    public async Task A_silo_with_little_memory_left_takes_no_new_jobs_and_answers_reads(int percent, HttpStatusCode answers)
    {
        using var batches = new TestBatches();
        var ports = FreePorts.Take(3);
        // Of this heap, a silo that does nothing uses more than one percent.
        var heap = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x30000000" };
        await using var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}",
            "--gateway-port", $"{ports[2]}", "--runs", Path.Combine(batches.Folder, "runs"), "--shed-memory", $"{percent}"],
            heap, ports[0]);
        await silo.ReadyAsync();
        using var body = new StringContent(await File.ReadAllTextAsync(batches.Mixed), Encoding.UTF8, "application/json");
        using var answer = await silo.Client.PostAsync(
            $"/api/v1/batches?folder={Uri.EscapeDataString(Path.GetDirectoryName(batches.Mixed)!)}", body);
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(answers, text);
        if (answers == HttpStatusCode.ServiceUnavailable) text.ShouldContain("no job is accepted: this silo has little memory left");
        (await silo.Client.GetStringAsync("/api/v1/batches")).ShouldNotBeEmpty();
    }
}
