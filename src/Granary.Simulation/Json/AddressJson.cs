using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Json;

/// <summary>
/// Addresses in the files and on the wires of this program, password included. The texts of callers are read by
/// <see cref="JsonPart.Address(ReadOnlySpan{string})"/> instead.
/// </summary>
public sealed class AddressJson : JsonConverter<Address>
{
    /// <inheritdoc/>
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Address.Parse(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Full);
}
