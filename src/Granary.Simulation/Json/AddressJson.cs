using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Json;

/// <summary>
/// Converts addresses, including passwords, in this program's own files and network messages. Read, they are not confined yet.
/// <see cref="JsonPart.Address(ReadOnlySpan{string})"/> reads addresses in texts from callers.
/// </summary>
internal sealed class AddressJson : JsonConverter<Address>
{
    /// <inheritdoc/>
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Address.OfKept(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Kept);
}
