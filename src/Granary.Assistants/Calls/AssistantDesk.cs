using System.Text;
using Granary.Server.Access;
using Granary.Server.Jobs;
using Granary.Server.Research;
using Granary.Simulation.Json;

namespace Granary.Assistants.Calls;

/// <summary>Submits what assistants ask for, with the rights and limits of their caller.</summary>
internal sealed class AssistantDesk(JobAdmission admission, ResearchDesk desk, CallerFiles files)
{
    // The place of faults in messages.
    private const string File = "batch.json";

    /// <summary>Reads a job of a batch.</summary>
    /// <param name="kind">backtest, optimise or walkforward.</param>
    /// <exception cref="Granary.Engine.InputException">The batch is invalid.</exception>
    public Job Read(Caller caller, string kind, byte[] batch) => admission.Read(caller,
        new JobText(kind, BodyOf(kind, batch), File, files.PlaceOf().KeptFolder), JsonPart.Parse(File, batch));

    /// <summary>Checks and submits a job of a batch.</summary>
    /// <inheritdoc cref="Read"/>
    public async Task<JobReceipt> SubmitAsync(Caller caller, string kind, byte[] batch, string? key, CancellationToken cancellationToken)
    {
        if (caller.Limits is not null)
            return await desk.SubmitAsync(caller, kind, BodyOf(kind, batch), File, key, cancellationToken).ConfigureAwait(false);
        var job = Read(caller, kind, batch);
        await job.CheckDataAsync(cancellationToken).ConfigureAwait(false);
        return await admission.SubmitAsync(caller, job, key, cancellationToken).ConfigureAwait(false);
    }

    private static byte[] BodyOf(string kind, byte[] batch) => kind == JobCatalogue.Backtest ? batch
        : [.. Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","batch":"""), .. batch, .. "\n}"u8];
}
