using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Reporting.Runs;
using Granary.Storage.Files;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The counted trials of a run in its progress folder. The ledger knows the trials of a run that is lost after it has counted them; the run
/// that continues must not take them for earlier ones.
/// </summary>
internal static class KeptCensus
{
    private const string Name = "trials.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : CensusJson.Default,
    };

    /// <summary>Returns the census that an earlier attempt has counted; null if there is none, or if it is damaged.</summary>
    public static TrialCensus? Find(RunContext run)
    {
        var path = run.Folder.Temporary(Name);
        if (!run.Folder.Resumed || !File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        return SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length))
            ? JsonSerializer.Deserialize<TrialCensus>(content, s_json) : null;
    }

    /// <summary>Stores the census.</summary>
    public static void Keep(RunContext run, TrialCensus census)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(census, s_json);
        AtomicFile.Write(run.Folder.Temporary(Name), [.. content, .. SHA256.HashData(content)]);
    }
}
