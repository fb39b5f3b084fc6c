using System.Diagnostics;
using Granary.Cluster.Client;
using Granary.Contracts.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Testing;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>
/// A batch from its file to its run's folder over silos of which one hangs: a client gives up after 30 s, which such a silo may take alone,
/// and on a busy machine another one is declared dead for being slow.
/// </summary>
internal static class PatientBatch
{
    /// <summary>Asks again, with the key of its submission, for as long as no silo answers.</summary>
    /// <param name="hosts">The addresses of the silos, with commas between.</param>
    /// <param name="key">API key; null for silos without keys.</param>
    /// <param name="home">Folder for the run's files.</param>
    public static async Task<(JobStatus Status, string Folder)> RunAsync(string hosts, string? key, string batch, string home)
    {
        var spec = new BatchReader(TestCatalogues.All).Read(batch);
        var (submission, watch) = (Guid.NewGuid().ToString("N"), Stopwatch.StartNew());
        while (true)
        {
            using var client = new GranaryClient(hosts, key);
            try
            {
                return await RemoteBatch.RunAsync(client, spec, batch, home, submission: new(IdempotencyKey: submission),
                    cancellationToken: TestContext.Current.CancellationToken);
            }
            catch (ServiceUnavailableException) when (watch.Elapsed < Eventually.Longest)
            {
                await Task.Delay(500, TestContext.Current.CancellationToken);
            }
        }
    }
}
