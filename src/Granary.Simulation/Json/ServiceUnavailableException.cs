namespace Granary.Simulation.Json;

/// <summary>A service that is needed for the answer is currently not available; a later request may succeed.</summary>
/// <param name="message">One sentence that names the service and the remedy.</param>
public sealed class ServiceUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Throws if there is a reason to refuse a job; the reason is one sentence.</summary>
    public static void ThrowIfRefused(string? reason)
    {
        if (reason is not null) throw new ServiceUnavailableException($"no job is accepted: {reason}");
    }
}
