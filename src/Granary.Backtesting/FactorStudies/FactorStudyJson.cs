using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Granary.Engine;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.FactorStudies;

/// <summary>Writes and reads study.json.</summary>
internal static class FactorStudyJson
{
    public const string FileName = "study.json";

    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(FactorStudyResults results) => JsonSerializer.Serialize(results, s_options);

    /// <exception cref="InputException">The file does not exist, or is damaged.</exception>
    public static FactorStudyResults Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<FactorStudyResults>(File.ReadAllBytes(path), s_options)
                ?? throw new InputException($"{path} is empty; run the study again");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new InputException($"{path} is not the result of a factor study ({e.Message.TrimEnd('.')}); run the study again", e);
        }
    }

    /// <summary>The hash of the figures: neither trials of others nor notes are in it, which differ from one machine to another.</summary>
    internal static string DigestOf(FactorStudyResults results) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(results with { Digest = "", Source = "", Trials = null, Notes = [] }, s_options)));
}
