using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Storage.Addresses;

namespace Granary.Server.Audit;

/// <summary>Removes passwords from what the audit log stores, which its readers need not know.</summary>
internal static class AuditSecrets
{
    /// <summary>Returns a copy whose texts have no secrets of addresses.</summary>
    public static JsonNode? HideIn(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, HideIn(m.Value)))),
        JsonArray items => new JsonArray([.. items.Select(HideIn)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Address.HideIn(value.GetValue<string>())),
        _ => node?.DeepClone(),
    };
}
