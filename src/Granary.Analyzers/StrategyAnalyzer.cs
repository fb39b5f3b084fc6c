using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Granary.Analyzers;

/// <summary>
/// Finds the usual mistakes in what the engine runs: classes of strategies, factors and limits of the portfolio, and the classes within
/// them.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class StrategyAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Mistakes.LaterBar, Mistakes.Clock, Mistakes.Random, Mistakes.SharedState, Mistakes.Outside];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(Member, OperationKind.PropertyReference, OperationKind.Invocation, OperationKind.ObjectCreation,
            OperationKind.MethodReference);
        context.RegisterOperationAction(Element, OperationKind.PropertyReference, OperationKind.ArrayElementReference,
            OperationKind.ImplicitIndexerReference);
        context.RegisterOperationAction(Awaited, OperationKind.Await);
        context.RegisterSymbolAction(State, SymbolKind.Field, SymbolKind.Property);
    }

    private static void Member(OperationAnalysisContext context)
    {
        ISymbol? symbol = context.Operation switch
        {
            IPropertyReferenceOperation property => property.Property,
            IInvocationOperation call => call.TargetMethod,
            IObjectCreationOperation made => made.Constructor,
            IMethodReferenceOperation method => method.Method,
            _ => null,
        };
        if (symbol is null || Outsiders.MistakeOf(symbol) is not { } mistake || !RunTypes.Runs(context.ContainingSymbol)) return;
        var name = symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? $"new {symbol.ContainingType.Name}"
            : $"{symbol.ContainingType.Name}.{symbol.Name}";
        context.ReportDiagnostic(Diagnostic.Create(mistake, context.Operation.Syntax.GetLocation(), name));
    }

    private static void Element(OperationAnalysisContext context)
    {
        if (!LaterBars.IsRead(context.Operation) || !RunTypes.Runs(context.ContainingSymbol)) return;
        context.ReportDiagnostic(Diagnostic.Create(Mistakes.LaterBar, context.Operation.Syntax.GetLocation(), context.Operation.Syntax));
    }

    private static void Awaited(OperationAnalysisContext context)
    {
        if (RunTypes.Runs(context.ContainingSymbol))
            context.ReportDiagnostic(Diagnostic.Create(Mistakes.Outside, context.Operation.Syntax.GetLocation(), "await"));
    }

    private static void State(SymbolAnalysisContext context)
    {
        var symbol = context.Symbol;
        if (!symbol.IsStatic || symbol.IsImplicitlyDeclared || !RunTypes.Runs(symbol)) return;
        var changes = symbol switch
        {
            IFieldSymbol { IsConst: true } => false,
            IFieldSymbol { IsReadOnly: true } field => SharedState.CanChange(field),
            IFieldSymbol => true,
            IPropertySymbol { SetMethod: not null } property => SharedState.IsStored(property),
            _ => false,
        };
        if (changes) context.ReportDiagnostic(Diagnostic.Create(Mistakes.SharedState, symbol.Locations[0], symbol.Name));
    }
}
