namespace Granary.Api.Tests;

/// <summary>Threads of the pool beside those that jobs keep busy.</summary>
public class RequestThreadsTests(SharedServers servers)
{
    [Fact]
    public async Task A_server_starts_threads_for_requests_without_a_pause_beside_those_of_jobs()
    {
        var server = await servers.PlainAsync;
        ThreadPool.GetMinThreads(out var workers, out _);
        workers.ShouldBeGreaterThanOrEqualTo(Environment.ProcessorCount + 32);
    }
}
