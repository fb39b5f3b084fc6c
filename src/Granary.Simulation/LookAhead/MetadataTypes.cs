using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Names types as reflection does, without generic arguments, and collects what the decoded signatures contain since the last
/// <see cref="Clear"/>.
/// </summary>
internal sealed class MetadataTypes : ISignatureTypeProvider<string, object?>
{
    private readonly List<TypeReferenceHandle> _references = [];
    private readonly List<string> _arguments = [];

    /// <summary>Types of other assemblies.</summary>
    public IReadOnlyList<TypeReferenceHandle> References => _references;

    /// <summary>Names of the arguments of generic types.</summary>
    public IReadOnlyList<string> Arguments => _arguments;

    /// <summary>Whether there is a pointer to memory or to a function.</summary>
    public bool HasPointer { get; private set; }

    public void Clear()
    {
        _references.Clear();
        _arguments.Clear();
        HasPointer = false;
    }

    public static string FullName(MetadataReader reader, TypeDefinition type)
    {
        var name = reader.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer) return $"{FullName(reader, reader.GetTypeDefinition(outer))}+{name}";
        return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }

    public static string FullName(MetadataReader reader, TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        var name = reader.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
            return $"{FullName(reader, (TypeReferenceHandle)type.ResolutionScope)}+{name}";
        return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
    }

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        FullName(reader, reader.GetTypeDefinition(handle));

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
    {
        _references.Add(handle);
        return FullName(reader, handle);
    }

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle,
        byte rawTypeKind) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments)
    {
        _arguments.AddRange(typeArguments);
        return genericType;
    }

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[]";

    public string GetByReferenceType(string elementType) => elementType + "&";

    public string GetPointerType(string elementType)
    {
        HasPointer = true;
        return elementType + "*";
    }

    public string GetPinnedType(string elementType) => elementType;

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

    public string GetFunctionPointerType(MethodSignature<string> signature)
    {
        HasPointer = true;
        return "a function pointer";
    }

    public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

    public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;
}
