using System.Text.Json;
using Granary.Contracts.Deployments;

namespace Granary.Server.JobKinds;

/// <summary>The result of a job that compares days of an account.</summary>
/// <param name="Account">The account.</param>
/// <param name="Days">The compared days, oldest first.</param>
internal sealed record ParityResult(string Account, IReadOnlyList<ParityRecord> Days)
{
    /// <summary>The kind of the job.</summary>
    public const string Kind = "parity";

    /// <summary>
    /// Returns the days that have ended, from the folder of a job; also those before a kill or a fault. Empty without a result.
    /// </summary>
    public static IReadOnlyList<ParityRecord> Read(string folder)
    {
        var path = Path.Combine(folder, ResultFile.Name);
        if (!File.Exists(path)) return [];
        var result = JsonSerializer.Deserialize<ParityResult>(File.ReadAllBytes(path), ResultFile.Json);
        return [.. result?.Days.Where(d => !d.IsRunning) ?? []];
    }
}
