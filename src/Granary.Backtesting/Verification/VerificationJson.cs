using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Backtesting.Verification;

/// <summary>Writes the result of <c>verify</c> as JSON.</summary>
internal static class VerificationJson
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(VerificationResult result) => JsonSerializer.Serialize(new
    {
        result.Passed,
        result.Expected,
        result.Actual,
        result.DataChanged,
        result.FilesChanged,
        causality = new
        {
            result.LookAhead.Passed,
            result.LookAhead.Strategies,
            result.LookAhead.Cuts,
            result.LookAhead.Found,
            result.LookAhead.Factors,
            result.LookAhead.FactorsFound,
            result.LookAhead.Plugins,
            Reaches = result.LookAhead.Reaches.Select(r => new
            {
                r.Plugin,
                Kind = JsonNamingPolicy.CamelCase.ConvertName(r.Kind.ToString()),
                r.Sentence,
            }),
        },
        result.Proofs,
    }, Json);
}
