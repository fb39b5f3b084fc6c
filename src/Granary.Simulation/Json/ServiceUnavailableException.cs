namespace Granary.Simulation.Json;

/// <summary>What is needed to answer cannot be reached at the moment; asking again later may work.</summary>
/// <param name="message">One sentence that says what, and what to do.</param>
public sealed class ServiceUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Refuses a job where there is a reason, one sentence.</summary>
    public static void ThrowIfRefused(string? reason)
    {
        if (reason is not null) throw new ServiceUnavailableException($"no job is accepted: {reason}");
    }
}
