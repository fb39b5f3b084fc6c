namespace Granary.Api.Hosting;

/// <summary>
/// Threads of the pool that requests find although jobs keep some of them busy. The end of a batch computes and flushes files on threads of
/// the pool; with as few threads as processors, requests waited for seconds until the pool had added one.
/// </summary>
internal static class RequestThreads
{
    private const int BesideProcessors = 32;

    /// <summary>Lets the pool start this many threads without a pause. A larger setting of the process stays.</summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + BesideProcessors), completions);
    }
}
