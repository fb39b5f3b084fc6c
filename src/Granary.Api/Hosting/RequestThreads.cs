namespace Granary.Api.Hosting;

/// <summary>
/// Raises the minimum of pool threads, so requests find a thread while jobs keep others busy. The end of a batch computes and writes
/// files on pool threads. With only one thread per processor, requests waited for seconds until the pool had added one.
/// </summary>
internal static class RequestThreads
{
    private const int BesideProcessors = 32;

    /// <summary>Lets the pool start this many threads without a delay. Keeps a larger setting of the process.</summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + BesideProcessors), completions);
    }
}
