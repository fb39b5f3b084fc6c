using System.Data.Common;

namespace Granary.Simulation.Json;

/// <summary>A service that is needed for the answer is currently not available; a later request may succeed.</summary>
/// <param name="message">One sentence that names the service and the remedy.</param>
internal sealed class ServiceUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Returns the fault of a database that did not answer, in one sentence; a driver's text does not say what to do.</summary>
    public static ServiceUnavailableException Of(DbException fault) => new(
        $"the server's database does not answer ({fault.Message.TrimEnd('.')}); see that it runs, then send the request "
            + "again", fault);

    /// <summary>Throws if there is a reason to refuse a job; the reason is one sentence.</summary>
    public static void ThrowIfRefused(string? reason)
    {
        if (reason is not null) throw new ServiceUnavailableException($"no job is accepted: {reason}");
    }
}
