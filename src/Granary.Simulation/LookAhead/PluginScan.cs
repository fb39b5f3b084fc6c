using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Reads the metadata of a plug-in's assembly, without running or decompiling it, and reports how its code can reach data beyond its
/// strategies' bars: the members of .NET and Granary that it refers to, and its mutable static fields. A finding names the assembly,
/// because metadata does not show which of its classes uses a member.
/// </summary>
internal sealed class PluginScan
{
    // Libraries that strategies, factors and portfolio rules are written against; references to them are harmless.
    private static readonly string[] s_pure = ["Granary.Engine", "Granary.Learning"];

    private readonly MetadataReader _metadata;
    private readonly TypeNames _names = new();
    private readonly string _plugin;
    private readonly SortedSet<(ReachKind Kind, string Member)> _found = [];

    private PluginScan(MetadataReader metadata)
    {
        _metadata = metadata;
        _plugin = metadata.GetString(metadata.GetAssemblyDefinition().Name);
    }

    /// <summary>Findings: each member once, ordered by kind and name.</summary>
    public IReadOnlyList<CodeReach> Found => [.. _found.Select(f => new CodeReach(_plugin, f.Kind, f.Member))];

    /// <summary>Whether its strategies may submit their own orders.</summary>
    public bool SubmitsOrders { get; private set; }

    /// <summary>Scans an assembly.</summary>
    /// <param name="path">The DLL.</param>
    public static PluginScan Of(string path)
    {
        using var file = new PEReader(new MemoryStream(File.ReadAllBytes(path)));
        var scan = new PluginScan(file.GetMetadataReader());
        scan.ReadReferences();
        foreach (var handle in scan._metadata.TypeDefinitions) scan.ReadType(scan._metadata.GetTypeDefinition(handle));
        return scan;
    }

    private void ReadReferences()
    {
        var isData = DeclaresData();
        foreach (var handle in _metadata.MemberReferences)
        {
            var member = _metadata.GetMemberReference(handle);
            if (member.Parent.Kind is not (HandleKind.TypeReference or HandleKind.TypeSpecification)) continue;
            var isMethod = member.GetKind() == MemberReferenceKind.Method;
            var name = $"{NameOf(member.Parent)}.{_metadata.GetString(member.Name)}";
            if (name is "Granary.Engine.Strategies.StrategyContext.Submit" or "Granary.Engine.Strategies.SymbolContext.Submit")
                SubmitsOrders = true;
            var noParameters = isMethod && member.DecodeMethodSignature(_names, null).ParameterTypes.IsEmpty;
            var kind = ReachRules.Of(noParameters ? name + "()" : name)
                ?? (!isData && IsData(member.Parent) ? ReachKind.DataSource : null);
            if (kind is { } found) _found.Add((found, name));
        }
    }

    private void ReadType(TypeDefinition type)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            if ((method.Attributes & MethodAttributes.PinvokeImpl) != 0)
                _found.Add((ReachKind.Native, $"{_metadata.GetString(type.Name)}.{_metadata.GetString(method.Name)}"));
        }
        // Skips types that the compiler generates, such as lambdas and constants.
        if (_metadata.GetString(type.Name).StartsWith('<')) return;
        foreach (var handle in type.GetFields())
        {
            var field = _metadata.GetFieldDefinition(handle);
            if ((field.Attributes & FieldAttributes.Static) == 0 || (field.Attributes & FieldAttributes.Literal) != 0) continue;
            if ((field.Attributes & FieldAttributes.InitOnly) != 0 && !CanChange(field)) continue;
            var name = _metadata.GetString(field.Name);
            // The backing field of an automatic property is named <Name>k__BackingField.
            if (name.StartsWith('<')) name = name[1..name.IndexOf('>')];
            _found.Add((ReachKind.SharedState, $"{_metadata.GetString(type.Name)}.{name}"));
        }
    }

    // A read-only field can still hold mutable content: an array, a collection, or an object of the plug-in with a field that can be set.
    private bool CanChange(FieldDefinition field)
    {
        var type = field.DecodeSignature(_names, null);
        return ReachRules.IsMutable(type) || _metadata.TypeDefinitions.Select(_metadata.GetTypeDefinition)
            .Where(own => TypeNames.FullName(_metadata, own) == type && (own.Attributes & TypeAttributes.Interface) == 0)
            .SelectMany(own => own.GetFields().Select(_metadata.GetFieldDefinition))
            .Any(own => (own.Attributes & (FieldAttributes.Static | FieldAttributes.InitOnly | FieldAttributes.SpecialName)) == 0
                || ((own.Attributes & FieldAttributes.Static) == 0 && ReachRules.IsMutable(own.DecodeSignature(_names, null))));
    }

    // A plug-in with its own format, source, store, feed or broker must use Granary's data libraries, so that use is not reported.
    private bool DeclaresData() => _metadata.TypeDefinitions.Select(_metadata.GetTypeDefinition).Any(type =>
        IsData(type.BaseType) || type.GetInterfaceImplementations().Any(i => IsData(_metadata.GetInterfaceImplementation(i).Interface)));

    private bool IsData(EntityHandle type)
    {
        if (type.IsNil || type.Kind != HandleKind.TypeReference) return false;
        var scope = _metadata.GetTypeReference((TypeReferenceHandle)type).ResolutionScope;
        if (scope.Kind != HandleKind.AssemblyReference) return false;
        var assembly = _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name);
        return assembly.StartsWith("Granary.", StringComparison.Ordinal) && !s_pure.Contains(assembly);
    }

    private string NameOf(EntityHandle type) => type.Kind == HandleKind.TypeReference
        ? _names.GetTypeFromReference(_metadata, (TypeReferenceHandle)type, 0)
        : _metadata.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(_names, null);

    /// <summary>Type names as in reflection, without generic arguments.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        public static string FullName(MetadataReader reader, TypeDefinition type)
        {
            var name = reader.GetString(type.Name);
            if (type.GetDeclaringType() is { IsNil: false } outer) return $"{FullName(reader, reader.GetTypeDefinition(outer))}+{name}";
            return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
        }

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            FullName(reader, reader.GetTypeDefinition(handle));

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            var name = reader.GetString(type.Name);
            if (type.ResolutionScope.Kind == HandleKind.TypeReference)
                return $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}+{name}";
            return type.Namespace.IsNil ? name : $"{reader.GetString(type.Namespace)}.{name}";
        }

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle,
            byte rawTypeKind) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => "System." + typeCode;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "a function pointer";

        public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

        public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;
    }
}
