using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// Granary.Api maps its operations with OperationRoutes alone: the framework's own methods compile the code of each operation at each start
/// of a server.
/// </summary>
public sealed class OperationRouteRule : IRule
{
    private const string Api = "src/Granary.Api";
    private const string Exempt = Api + "/Routing/OperationRoutes.cs";

    private static readonly string[] Methods = ["MapGet", "MapPost", "MapPut", "MapPatch", "MapDelete", "MapMethods"];

    public string Remedy => "Map the operation with OnGet, OnPost, OnPut, OnPatch, OnDelete or On (OperationRoutes).";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        where file.IsUnder(Api) && file.Path != Exempt
        from name in file.Nodes.OfType<SimpleNameSyntax>()
        where Methods.Contains(name.Identifier.ValueText)
        select file.At(name, $"{name.Identifier.ValueText} is called");
}
