using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Granary.Analyzers;

/// <summary>
/// Reads of later bars. In a factor's input: an element of a column ahead of the loop's variable, or from the end of the block. In any
/// list: an element at a later bar number or a later time than the strategy's.
/// </summary>
internal static class LaterBars
{
    private const string Input = "Granary.Engine.Factors.FactorInput";
    private const string Context = "Granary.Engine.Strategies.StrategyContext";

    public static bool IsRead(IOperation operation)
    {
        var (list, index) = operation switch
        {
            IPropertyReferenceOperation { Arguments.Length: 1 } indexer => (indexer.Instance, indexer.Arguments[0].Value),
            IImplicitIndexerReferenceOperation implicitly => (implicitly.Instance, implicitly.Argument),
            IArrayElementReferenceOperation { Indices.Length: 1 } element => (element.ArrayReference, element.Indices[0]),
            _ => (null, null),
        };
        if (list is null || index is null) return false;
        index = Plain(index);
        return IsColumn(list) ? IsAhead(index) || IsFromEnd(index) && IsInLoop(operation) : IsLaterThanBar(index);
    }

    private static IOperation Plain(IOperation operation)
    {
        while (operation is IConversionOperation or IParenthesizedOperation)
            operation = operation is IConversionOperation conversion ? conversion.Operand : ((IParenthesizedOperation)operation).Operand;
        return operation;
    }

    // A column itself, or a local variable that stands for one.
    private static bool IsColumn(IOperation list) => Plain(list) switch
    {
        IPropertyReferenceOperation property => TypeOf(property.Instance) == Input && property.Arguments.Length == 0,
        IInvocationOperation call => TypeOf(call.Instance) == Input && call.TargetMethod.Name is "Column" or "Reference",
        ILocalReferenceOperation local => InitialOf(local) is { } initial && IsColumn(initial),
        _ => false,
    };

    private static IOperation? InitialOf(ILocalReferenceOperation local)
    {
        var syntax = local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        return syntax is not null && local.SemanticModel?.GetOperation(syntax) is IVariableDeclaratorOperation declared
            ? declared.Initializer?.Value : null;
    }

    private static string TypeOf(IOperation? operation) => operation?.Type?.ToDisplayString() ?? "";

    // i + 1, 1 + i, i - -1: a variable and something that is not negative.
    private static bool IsAhead(IOperation index) => index is IBinaryOperation binary && binary.OperatorKind switch
    {
        BinaryOperatorKind.Add => IsPositive(binary.RightOperand) || IsPositive(binary.LeftOperand),
        BinaryOperatorKind.Subtract => Plain(binary.RightOperand).ConstantValue is { HasValue: true, Value: < 0 },
        _ => false,
    };

    private static bool IsPositive(IOperation operand) => Plain(operand).ConstantValue is { HasValue: true, Value: > 0 };

    // ^1, Length - 1, Count - 1: a block ends later than the bar whose value is computed.
    private static bool IsFromEnd(IOperation index) => index switch
    {
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } => true,
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Subtract } binary =>
            Plain(binary.LeftOperand) is IPropertyReferenceOperation { Property.Name: "Length" or "Count" },
        _ => false,
    };

    // After the loop the last bar of a block is the state for the next one.
    private static bool IsInLoop(IOperation operation)
    {
        for (var at = operation.Parent; at is not null; at = at.Parent)
            if (at is ILoopOperation)
                return true;
        return false;
    }

    private static bool IsLaterThanBar(IOperation index) => index switch
    {
        IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } binary =>
            IsOfBar(binary.LeftOperand, "BarNumber") && IsPositive(binary.RightOperand)
            || IsOfBar(binary.RightOperand, "BarNumber") && IsPositive(binary.LeftOperand),
        IInvocationOperation { TargetMethod.Name: var name } call when name.StartsWith("Add", StringComparison.Ordinal) =>
            call.Instance is { } time && IsOfBar(time, "Time") && call.Arguments.Length == 1
            && Plain(call.Arguments[0].Value).ConstantValue is { HasValue: true, Value: > 0 or > 0.0 },
        _ => false,
    };

    private static bool IsOfBar(IOperation operand, string property) =>
        Plain(operand) is IPropertyReferenceOperation reference && reference.Property.Name == property
        && IsContext(reference.Instance?.Type);

    private static bool IsContext(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
            if (type.ToDisplayString() == Context)
                return true;
        return false;
    }
}
