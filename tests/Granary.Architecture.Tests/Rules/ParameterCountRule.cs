using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// Nothing takes more than 7 parameters. The primary constructor of a record is exempt, as it declares the record's properties. So is the
/// constructor of a factor, a strategy or a trainer, as its parameters are those that a user writes in a batch.
/// </summary>
public sealed class ParameterCountRule : IRule
{
    private const int Most = 7;

    public string Remedy => $"Make a record of the parameters that belong together; at most {Most} are allowed.";

    public IEnumerable<Violation> Find(CodeBase code) =>
        from file in code.Sources
        from list in file.Nodes.OfType<ParameterListSyntax>()
        where list.Parameters.Count > Most && list.Parent is not RecordDeclarationSyntax && !AreUserParameters(list)
        select file.At(list, $"{list.Parameters.Count} parameters");

    private static bool AreUserParameters(ParameterListSyntax list) =>
        list.Parent is ClassDeclarationSyntax or ConstructorDeclarationSyntax
        && list.FirstAncestorOrSelf<ClassDeclarationSyntax>()!.AttributeLists.SelectMany(attributes => attributes.Attributes)
            .Any(attribute => attribute.Name.ToString() is "Factor" or "Strategy" or "Trainer");
}
