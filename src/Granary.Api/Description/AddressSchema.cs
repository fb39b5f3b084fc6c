using System.ComponentModel;
using Granary.Storage.Addresses;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Granary.Api.Description;

/// <summary>Addresses are texts in the API.</summary>
internal static class AddressSchema
{
    public static void Describe(OpenApiOptions options)
    {
        var named = options.CreateSchemaReferenceId;
        options.CreateSchemaReferenceId = type => type.Type == typeof(Address) ? null : named(type);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type != typeof(Address)) return Task.CompletedTask;
            var isOptional = schema.Type is { } type && type.HasFlag(JsonSchemaType.Null);
            schema.Type = isOptional ? JsonSchemaType.Null | JsonSchemaType.String : JsonSchemaType.String;
            (schema.Properties, schema.Required) = (null, null);
            // The type's summary replaces the property's own description.
            if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true)
                is [DescriptionAttribute own, ..]) schema.Description = own.Description;
            return Task.CompletedTask;
        });
    }
}
