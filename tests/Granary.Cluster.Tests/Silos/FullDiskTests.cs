using System.Net;
using System.Text;
using System.Text.Json;
using Granary.Cluster.Tests.Fixtures;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Cluster.Tests.Silos;

/// <summary>A real silo whose folder of runs is on a disk of 3 MB.</summary>
public class FullDiskTests
{
    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path)
    {
        using var body = new StringContent(await File.ReadAllTextAsync(path), Encoding.UTF8, "application/json");
        return await client.PostAsync($"/api/v1/batches?folder={Uri.EscapeDataString(Path.GetDirectoryName(path)!)}", body);
    }

    private static async Task<JobStatus> SubmitAsync(HttpClient client, string path)
    {
        using var answer = await PostAsync(client, path);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return JsonSerializer.Deserialize<JobStatus>(await answer.Content.ReadAsStringAsync(), JobJson.Options)!;
    }

    private static Task<JobStatus> EndAsync(HttpClient client, string id) => Eventually.IsAsync(async () =>
        JsonSerializer.Deserialize<JobStatus>(await client.GetStringAsync($"/api/v1/batches/{id}"), JobJson.Options)!, s => s.Ended);

    [Fact]
    public async Task A_batch_that_cannot_be_written_fails_with_its_reason_and_the_next_one_runs_when_there_is_room()
    {
        using var batches = new TestBatches();
        var disk = Path.Combine(batches.Folder, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(SystemCommand.Run("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk),
            "needs a small disk: run as root on Linux, in a container with the right to mount (--privileged)");
        try
        {
            var ports = FreePorts.Take(3);
            await using var silo = SiloProcess.Start(["--urls", $"http://127.0.0.1:{ports[0]}", "--silo-port", $"{ports[1]}",
                "--gateway-port", $"{ports[2]}", "--runs", disk], httpPort: ports[0]);
            await silo.ReadyAsync();
            var filler = Path.Combine(disk, "filler");
            await File.WriteAllBytesAsync(filler, new byte[(3 << 20) - (200 << 10)]);

            var failed = await EndAsync(silo.Client, (await SubmitAsync(silo.Client, batches.Mixed)).Id);
            failed.State.ShouldBe(JobState.Failed);
            failed.Fault.ShouldNotBeNull().ShouldContain("No space left on device");
            failed.Fault.ShouldNotContain("--");
            // Six attempts at the most, each with the groups of its feeds: work is not repeated for ever.
            silo.Output.Split("begin on this silo").Length.ShouldBeLessThan(60);
            await Eventually.HoldsAsync(async () =>
            {
                using var fill = new FileStream(filler, FileMode.Append);
                try
                {
                    fill.Write(new byte[64 << 10]);
                    fill.Flush();
                }
                catch (IOException)
                {
                }
                using var ready = await silo.Client.GetAsync("/health/ready");
                return ready.StatusCode == HttpStatusCode.ServiceUnavailable
                    && (await ready.Content.ReadAsStringAsync()).Contains("make room", StringComparison.Ordinal);
            });

            using var refused = await PostAsync(silo.Client, batches.Joined);
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            // The audit entry of the submission is written first.
            var reason = await refused.Content.ReadAsStringAsync();
            reason.ShouldContain("nothing is changed: the audit log ");
            reason.ShouldContain("No space left on device");
            reason.ShouldContain("make room");

            File.Delete(filler);
            await silo.ReadyAsync();
            (await EndAsync(silo.Client, (await SubmitAsync(silo.Client, batches.Joined)).Id)).State.ShouldBe(JobState.Done);
            await silo.ReadyAsync();
        }
        finally
        {
            SystemCommand.Run("umount", "-l", disk).ShouldBeTrue();
        }
    }
}
