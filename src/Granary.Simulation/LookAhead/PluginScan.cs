using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Reads the metadata and the instructions of a plug-in's assembly without running it, and reports what is not on the list of
/// <see cref="ReachRules"/>: members and types that its classes use, mutable static fields, native and unsafe code.
/// </summary>
internal sealed class PluginScan
{
    private const string OfCompiler = "<PrivateImplementationDetails>";

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly MetadataTypes _types = new();
    private readonly string _plugin;
    private readonly SortedSet<(ReachKind Kind, string Member, string? Class)> _found = [];
    // Static fields of type object or of a delegate, to which something was assigned that may have state.
    private readonly HashSet<FieldDefinitionHandle> _stateful = [];
    private string? _class;

    private PluginScan(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
        _plugin = _metadata.GetString(_metadata.GetAssemblyDefinition().Name);
    }

    /// <summary>Findings: each member once for each class, ordered by kind and name.</summary>
    public IReadOnlyList<CodeReach> Found => [.. _found.Select(f => new CodeReach(_plugin, f.Kind, f.Member) { Class = f.Class })];

    /// <summary>Whether its strategies may submit their own orders.</summary>
    public bool SubmitsOrders { get; private set; }

    /// <summary>Scans an assembly.</summary>
    /// <param name="path">The DLL.</param>
    public static PluginScan Of(string path) => Of(File.ReadAllBytes(path));

    /// <summary>Scans an assembly.</summary>
    /// <param name="image">The bytes of the DLL.</param>
    public static PluginScan Of(byte[] image)
    {
        using var file = new PEReader(new MemoryStream(image, writable: false));
        var scan = new PluginScan(file);
        scan.ReadAssembly();
        foreach (var handle in scan._metadata.TypeDefinitions)
        {
            scan._class = scan.ClassOf(handle);
            scan.ReadType(scan._metadata.GetTypeDefinition(handle));
        }
        foreach (var handle in scan._metadata.TypeDefinitions) scan.ReadFields(scan._metadata.GetTypeDefinition(handle));
        return scan;
    }

    // Attributes are metadata and not calls, except for these.
    private void ReadAssembly()
    {
        foreach (var handle in _metadata.CustomAttributes)
        {
            var attribute = _metadata.GetCustomAttribute(handle);
            var name = AttributeOf(attribute);
            if (name == "System.Security.UnverifiableCodeAttribute") Add(ReachKind.Native, "unsafe code (AllowUnsafeBlocks)");
            else if (name.EndsWith(".IgnoresAccessChecksToAttribute", StringComparison.Ordinal)) Add(ReachKind.Reflection, name);
            else if (name is "System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute"
                or "System.Runtime.CompilerServices.UnsafeAccessorAttribute" && attribute.Parent.Kind == HandleKind.MethodDefinition)
            {
                var method = _metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Parent);
                _class = ClassOf(method.GetDeclaringType());
                Add(name.Contains("Unsafe", StringComparison.Ordinal) ? ReachKind.Reflection : ReachKind.Native, name);
                _class = null;
            }
        }
        // An assembly with the name of a friend could read the engine's internals, such as the later bars of a block.
        foreach (var own in new[] { typeof(Engine.Strategies.Strategy).Assembly, typeof(Learning.Regimes.RegimeState).Assembly })
            if (own.GetCustomAttributes<InternalsVisibleToAttribute>().Any(friend => friend.AssemblyName.Split(',')[0] == _plugin))
                Add(ReachKind.Reflection, $"internals of {own.GetName().Name}");
    }

    private string AttributeOf(CustomAttribute attribute)
    {
        switch (attribute.Constructor.Kind)
        {
            case HandleKind.MemberReference:
                var parent = _metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
                return parent.Kind is HandleKind.TypeReference or HandleKind.TypeSpecification ? NameOf(parent) : "";
            case HandleKind.MethodDefinition:
                var type = _metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
                return MetadataTypes.FullName(_metadata, _metadata.GetTypeDefinition(type));
            default:
                return "";
        }
    }

    private void ReadType(TypeDefinition type)
    {
        Use(type.BaseType);
        foreach (var handle in type.GetInterfaceImplementations()) Use(_metadata.GetInterfaceImplementation(handle).Interface);
        // Fields that overlap turn a value into another without a conversion. The compiler uses them for constant data.
        if (_class != OfCompiler && (type.Attributes & TypeAttributes.LayoutMask) == TypeAttributes.ExplicitLayout)
            Add(ReachKind.Native, "fields that overlap (LayoutKind.Explicit)");
        foreach (var handle in type.GetMethods()) ReadMethod(type, _metadata.GetMethodDefinition(handle));
    }

    private void ReadMethod(TypeDefinition type, MethodDefinition method)
    {
        var (typeName, name) = (_metadata.GetString(type.Name), _metadata.GetString(method.Name));
        if (typeName == "<Module>") Add(ReachKind.Unlisted, "a module initializer");
        _types.Clear();
        method.DecodeSignature(_types, null);
        if (_types.HasPointer) Add(ReachKind.Native, $"pointers in {typeName}.{name}");
        var implementation = method.ImplAttributes;
        if (method.RelativeVirtualAddress == 0)
        {
            var isRuntime = (implementation & MethodImplAttributes.CodeTypeMask) == MethodImplAttributes.Runtime
                && (implementation & MethodImplAttributes.InternalCall) == 0;
            if ((method.Attributes & MethodAttributes.Abstract) == 0 && !isRuntime) Add(ReachKind.Native, $"{typeName}.{name}");
            return;
        }
        if ((implementation & (MethodImplAttributes.CodeTypeMask | MethodImplAttributes.Unmanaged)) != 0)
        {
            Add(ReachKind.Native, $"{typeName}.{name}");
            return;
        }
        try
        {
            ReadBody(_file.GetMethodBody(method.RelativeVirtualAddress), $"{typeName}.{name}");
        }
        catch (Exception e) when (e is BadImageFormatException or InvalidDataException)
        {
            Add(ReachKind.Native, $"code that cannot be read in {typeName}.{name}");
        }
    }

    private void ReadBody(MethodBodyBlock body, string method)
    {
        var code = IntermediateCode.Read(body.GetILReader());
        _types.Clear();
        if (!body.LocalSignature.IsNil) _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_types, null);
        // A pinned or stack-allocated buffer has a pointer, but safe code cannot keep it in a variable.
        if (_types.HasPointer) Add(ReachKind.Native, $"pointers in {method}");
        for (var i = 0; i < code.Count; i++) ReadInstruction(code, i, body.LocalVariablesInitialized);
    }

    private void ReadInstruction(IReadOnlyList<Instruction> code, int i, bool isCleared)
    {
        var (opcode, token) = code[i];
        if (opcode == OpCodes.Calli) Add(ReachKind.Native, "a call of a function pointer");
        else if (opcode == OpCodes.Cpblk || opcode == OpCodes.Initblk || opcode == OpCodes.Mkrefany || opcode == OpCodes.Refanyval
            || opcode == OpCodes.Arglist || opcode == OpCodes.Jmp)
            Add(ReachKind.Native, $"the instruction {opcode.Name}");
        else if (opcode == OpCodes.Localloc && !isCleared) Add(ReachKind.Native, "memory that is not cleared (SkipLocalsInit)");
        if (opcode == OpCodes.Stsfld && token.Kind == HandleKind.FieldDefinition && !IsStateless(code, i))
            _stateful.Add((FieldDefinitionHandle)token);
        switch (token.Kind)
        {
            case HandleKind.MemberReference:
                UseMember((MemberReferenceHandle)token);
                break;
            case HandleKind.MethodSpecification:
                var generic = _metadata.GetMethodSpecification((MethodSpecificationHandle)token);
                _types.Clear();
                generic.DecodeSignature(_types, null);
                UseCollected();
                if (generic.Method.Kind == HandleKind.MemberReference) UseMember((MemberReferenceHandle)generic.Method);
                break;
            case HandleKind.TypeReference or HandleKind.TypeSpecification:
                Use(token);
                break;
        }
    }

    // A lambda without captured variables, a delegate of a static method, or a new object to lock.
    private bool IsStateless(IReadOnlyList<Instruction> code, int store)
    {
        if (store == 0 || code[store - 1] is not { Code: var made, Token: { Kind: HandleKind.MemberReference } constructor }
            || made != OpCodes.Newobj)
            return false;
        var parent = _metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        if (parent.Kind is HandleKind.TypeReference or HandleKind.TypeSpecification && NameOf(parent) == "System.Object") return true;
        if (store < 2 || code[store - 2].Code != OpCodes.Ldftn) return false;
        if (code[store - 2].Token.Kind != HandleKind.MethodDefinition) return true;
        var method = _metadata.GetMethodDefinition((MethodDefinitionHandle)code[store - 2].Token);
        return (method.Attributes & MethodAttributes.Static) != 0
            || _metadata.GetString(_metadata.GetTypeDefinition(method.GetDeclaringType()).Name) == "<>c";
    }

    private void UseMember(MemberReferenceHandle handle)
    {
        var member = _metadata.GetMemberReference(handle);
        if (member.Parent.Kind is not (HandleKind.TypeReference or HandleKind.TypeSpecification)) return;
        var isMethod = member.GetKind() == MemberReferenceKind.Method;
        _types.Clear();
        var noParameters = isMethod && member.DecodeMethodSignature(_types, null).ParameterTypes.IsEmpty;
        _types.Clear();
        var type = NameOf(member.Parent);
        var name = $"{type}.{_metadata.GetString(member.Name)}";
        TypeReferenceHandle[] types = [.. _types.References];
        if (name is "Granary.Engine.Strategies.StrategyContext.Submit" or "Granary.Engine.Strategies.SymbolContext.Submit")
            SubmitsOrders = true;
        // The other types of a generic type are its arguments; a generic type of the plug-in has no owner here.
        var owner = member.Parent.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)member.Parent
            : types.FirstOrDefault(t => MetadataTypes.FullName(_metadata, t) == type);
        foreach (var argument in types.Where(t => t != owner)) UseType(argument);
        if (owner.IsNil || AssemblyOf(owner) is not { } assembly) return;
        if (ReachRules.Of(assembly, noParameters ? name + "()" : name, _class == OfCompiler) is { } kind) Add(kind, name);
    }

    private void Use(EntityHandle type)
    {
        if (type.IsNil) return;
        _types.Clear();
        if (type.Kind == HandleKind.TypeReference) UseType((TypeReferenceHandle)type);
        else if (type.Kind == HandleKind.TypeSpecification)
        {
            NameOf(type);
            UseCollected();
        }
    }

    private void UseCollected()
    {
        foreach (var type in _types.References.ToArray()) UseType(type);
    }

    private void UseType(TypeReferenceHandle type)
    {
        var name = MetadataTypes.FullName(_metadata, type);
        if (AssemblyOf(type) is { } assembly && ReachRules.Of(assembly, name + ".", _class == OfCompiler) is { } kind) Add(kind, name);
    }

    // Null for a type of the plug-in itself.
    private string? AssemblyOf(TypeReferenceHandle handle)
    {
        var scope = _metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => AssemblyOf((TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            HandleKind.ModuleReference => _metadata.GetString(_metadata.GetModuleReference((ModuleReferenceHandle)scope).Name),
            _ => null,
        };
    }

    private void ReadFields(TypeDefinition type)
    {
        // Skips types that the compiler generates, such as lambdas and constants.
        if (_metadata.GetString(type.Name).StartsWith('<')) return;
        foreach (var handle in type.GetFields())
        {
            var field = _metadata.GetFieldDefinition(handle);
            if ((field.Attributes & FieldAttributes.Static) == 0 || (field.Attributes & FieldAttributes.Literal) != 0) continue;
            if ((field.Attributes & FieldAttributes.InitOnly) != 0 && !CanChange(handle, [])) continue;
            var name = _metadata.GetString(field.Name);
            // The backing field of an automatic property is named <Name>k__BackingField.
            if (name.StartsWith('<')) name = name[1..name.IndexOf('>')];
            _class = null;
            Add(ReachKind.SharedState, $"{_metadata.GetString(type.Name)}.{name}");
        }
    }

    // A read-only field can still hold mutable content: an array, a collection, or an object of the plug-in with a field that can be set.
    private bool CanChange(FieldDefinitionHandle handle, HashSet<string> seen)
    {
        var field = _metadata.GetFieldDefinition(handle);
        _types.Clear();
        var type = field.DecodeSignature(_types, null);
        string[] arguments = [.. _types.Arguments];
        if (type == "System.Object" || IsDelegate(type)) return _stateful.Contains(handle);
        return CanChange(type, seen)
            || !type.StartsWith("System.Collections.Generic.", StringComparison.Ordinal) && arguments.Any(a => CanChange(a, seen));
    }

    private static bool IsDelegate(string type) => type.StartsWith("System.Func`", StringComparison.Ordinal)
        || type.StartsWith("System.Action", StringComparison.Ordinal) || type.StartsWith("System.Predicate`", StringComparison.Ordinal)
        || type.StartsWith("System.Comparison`", StringComparison.Ordinal);

    private bool CanChange(string type, HashSet<string> seen)
    {
        var own = _metadata.TypeDefinitions.Select(_metadata.GetTypeDefinition)
            .Where(t => MetadataTypes.FullName(_metadata, t) == type).ToArray();
        if (own.Length == 0) return ReachRules.IsMutable(type);
        if (!seen.Add(type) || (own[0].Attributes & TypeAttributes.Interface) != 0) return false;
        foreach (var handle in own[0].GetFields())
        {
            var field = _metadata.GetFieldDefinition(handle);
            if ((field.Attributes & (FieldAttributes.Static | FieldAttributes.SpecialName)) != 0) continue;
            if ((field.Attributes & FieldAttributes.InitOnly) == 0) return true;
            _types.Clear();
            var inner = field.DecodeSignature(_types, null);
            if (!IsDelegate(inner) && CanChange(inner, seen)) return true;
        }
        return false;
    }

    private void Add(ReachKind kind, string member) => _found.Add((kind, member, _class));

    // The class as it is written: closures and iterators belong to the class around them.
    private string? ClassOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        if (type.GetDeclaringType() is { IsNil: false } outer
            && (_metadata.GetString(type.Name).StartsWith('<') || ClassOf(outer) == OfCompiler))
            return ClassOf(outer);
        var name = MetadataTypes.FullName(_metadata, type);
        return name == "<Module>" ? null : name;
    }

    private string NameOf(EntityHandle type) => type.Kind == HandleKind.TypeReference
        ? MetadataTypes.FullName(_metadata, (TypeReferenceHandle)type)
        : _metadata.GetTypeSpecification((TypeSpecificationHandle)type).DecodeSignature(_types, null);
}
