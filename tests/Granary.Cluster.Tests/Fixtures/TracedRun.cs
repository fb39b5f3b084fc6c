using System.Diagnostics;
using Granary.Cluster.Client;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>A batch on silos in processes of their own, and what they sent over OTLP until they had left.</summary>
/// <param name="Trace">The trace of the client that submitted it.</param>
/// <param name="Received">The bodies of all requests one after the other, by path.</param>
/// <param name="Folder">Of the run's files.</param>
internal sealed record TracedRun(string Trace, IReadOnlyDictionary<string, string> Received, IReadOnlyList<OtlpSpan> Spans,
    JobStatus Status, string Folder)
{
    public const string ClusterId = "observed";

    public static async Task<TracedRun> RunAsync(TestBatches batches, int silos)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var server = await PostgresServer.ShareAsync();
        var connection = await server.CreateDatabaseAsync();
        List<SiloProcess> started = [];
        try
        {
            for (var i = 0; i < silos; i++)
            {
                started.Add(SiloProcess.Launch(connection, receiver.Environment, "--cluster-id", ClusterId, "--runs",
                    Path.Combine(batches.Folder, "runs"), "--threads", "1"));
                await started[i].ReadyAsync();
            }
            using var submission = new Activity("submission").SetIdFormat(ActivityIdFormat.W3C);
            submission.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            submission.Start();
            using var client = new GranaryClient(started[0].Client.BaseAddress!.ToString(), key: null);
            var (status, folder) = await RemoteBatch.RunAsync(client, new BatchReader(TestCatalogues.All).Read(batches.Mixed), "mixed.json",
                Path.Combine(batches.Folder, "home"));
            submission.Stop();
            // What is left to be sent is sent when they leave.
            foreach (var silo in started.AsEnumerable().Reverse()) await silo.LeaveAsync();
            return new TracedRun(submission.TraceId.ToHexString(), receiver.Received, [.. receiver.Spans], status, folder);
        }
        finally
        {
            foreach (var silo in started) await silo.DisposeAsync();
        }
    }
}
