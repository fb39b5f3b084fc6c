using System.Text.Json;
using System.Text.Json.Serialization;

namespace Granary.Application.Jobs;

/// <summary>How statuses look as JSON, on the wire and on disk alike: camelCase, states in small letters, UTC times.</summary>
public static class JobJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
