using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Contracts.Jobs;

/// <summary>
/// How the HTTP API and the files of jobs write JSON: camelCase, words of enumerations in small letters with hyphens, UTC times. What is
/// null is left out, and numbers are no texts.
/// </summary>
public static class JobJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
