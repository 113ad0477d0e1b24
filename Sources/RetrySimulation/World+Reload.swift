import CodePipelineSimulator
import RetryCore

/// Reloads that change the shape of the config file: targets, Regions, entries, single settings.
extension World {
    /// Every pipeline under every target that a config file has had.
    var allKeys: [PipelineKey] { otherKeys.isEmpty ? pipelineKeys : pipelineKeys + otherKeys }

    /// Whether an answer came from where its target still looks.
    func isCurrent(_ poll: Poll) -> Bool {
        poll.place == Place(of: poll.pipeline.target, configuration)
    }

    /// A pipeline is created: whoever watches its name must poll it.
    mutating func noteCreation(of name: String) {
        let keys = allKeys.filter { $0.pipeline.text == name }
        for key in keys { oracle.created(key, at: clock.time, configuration) }
        asRival { world in
            for key in keys {
                world.oracle.created(key, at: world.clock.time, world.configuration)
            }
        }
    }

    /// Somebody changes the config file, or takes that back.
    mutating func actOnConfiguration() {
        if let former, shapeRNG.chance(0.3) {
            self.former = nil
            trace.note("the config file is as it was", at: clock.time)
            return reload(former)
        }
        if shapeRNG.chance(plan.chance(.targetChange, 0.15)) { changeTargets() }
        if shapeRNG.chance(plan.chance(.regionChange, 0.12)) { changeRegion() }
        if shapeRNG.chance(plan.chance(.entryChange, 0.2)) { changeEntries() }
        if shapeRNG.chance(plan.chance(.policyChange, 0.2)) { changePolicy() }
    }

    /// Loads a changed file, which names its targets' pipelines under keys that may be new.
    mutating func change(_ note: String, to new: Configuration) {
        trace.note(note, at: clock.time)
        former = former ?? configuration
        let names = Set(pipelineKeys.map(\.pipeline)).union(otherKeys.map(\.pipeline)).sorted()
        let known = Set(allKeys)
        otherKeys += new.targets.map(\.name).flatMap { target in
            names.map { PipelineKey(target: target, pipeline: $0) }
        }.filter { !known.contains($0) }
        reload(new)
    }

    // MARK: Targets

    private mutating func changeTargets() {
        var new = configuration
        let index = shapeRNG.number(0...new.targets.count - 1)
        let name = new.targets[index].name
        let free = ["three", "four", "five"].map { TargetName($0) }
            .first { name in !new.targets.contains { $0.name == name } }
        switch shapeRNG.number(0...3) {
        case 0 where new.targets.count > 1:
            new.targets.remove(at: index)
            change("target \(name) is removed", to: new)
        case 1:
            // Another role, say: another account for all that the daemon knows.
            let isOwn = new.targets[index].rateGroup == RateGroup(name.text)
            new.targets[index].rateGroup = isOwn ? "role" : RateGroup(name.text)
            change("target \(name) has other credentials", to: new)
        case 2:
            guard let free else { return }
            if new.targets[index].rateGroup == RateGroup(name.text) {
                new.targets[index].rateGroup = RateGroup(free.text)
            }
            new.targets[index].name = free
            change("target \(name) is \(free) now", to: new)
        case _:
            guard let free, let entry = takeEntry(from: &new.targets[index]) else { return }
            var other = new.targets[index]
            other.name = free
            other.rateGroup = shapeRNG.chance(0.5) ? other.rateGroup : RateGroup(free.text)
            other.pipelines = [entry]
            new.targets.append(other)
            new.targets.removeAll { $0.pipelines.isEmpty }
            change("\(entry.selector) moves from \(name) to \(free)", to: new)
        }
    }

    /// Takes an entry out of a target, or what a pattern takes of one pipeline.
    private mutating func takeEntry(from target: inout Target) -> PipelineEntry? {
        guard !target.pipelines.isEmpty else { return nil }
        let index = shapeRNG.number(0...target.pipelines.count - 1)
        var entry = target.pipelines[index]
        switch entry.selector {
        case .name: target.pipelines.remove(at: index)
        case .match(let glob, let except):
            let name = shapeRNG.pick(pipelineKeys).pipeline
            entry.selector = .name(name)
            target.pipelines[index].selector = .match(glob, except: except + [Glob(name.text)])
        }
        return entry
    }

    // MARK: Regions

    private mutating func changeRegion() {
        var new = configuration
        let index = shapeRNG.number(0...new.targets.count - 1)
        let target = new.targets[index]
        for key in pipelineKeys { settleAbroad(key.pipeline) }
        let region = target.region == Places.home ? Places.abroad : Places.home
        let other = TargetName("\(target.name)-abroad")
        let hasOther = new.targets.contains { $0.name == other }
        if shapeRNG.chance(0.3), !hasOther {
            var copy = target
            copy.name = other
            copy.region = region
            if copy.rateGroup == RateGroup(target.name.text) {
                copy.rateGroup = RateGroup(other.text)
            }
            new.targets.append(copy)
            change("target \(other) has the names of \(target.name) in \(region)", to: new)
        } else {
            new.targets[index].region = region
            change("target \(target.name) is in \(region) now", to: new)
        }
    }

    /// The other Region gets a pipeline of the same name, most often.
    private mutating func settleAbroad(_ pipeline: PipelineName) {
        guard !places.namesAbroad.contains(pipeline) else { return }
        places.addAbroad(pipeline)
        let index = scenario.pipelines.firstIndex { $0.definition.name == pipeline.text }
        guard let index, shapeRNG.chance(0.7) else { return }
        var (definition, script) = scenario.pipelines[index]
        definition.name = Places.nameAbroad(pipeline.text)
        add(definition, script)
    }

    /// Adds a pipeline to the model, and starts it soon.
    mutating func add(_ definition: ServiceModel.Definition, _ script: ServiceModel.Script) {
        guard model.addPipeline(definition, script: script) else { return }
        let start = model.now + .milliseconds(shapeRNG.span(0...60_000))
        model.schedule(.start, pipeline: definition.name, at: start)
    }

    // MARK: Entries

    private mutating func changeEntries() {
        var new = configuration
        let index = shapeRNG.number(0...new.targets.count - 1)
        let name = new.targets[index].name
        let entries = new.targets[index].pipelines
        guard let first = entries.first, let last = entries.last else { return }
        switch shapeRNG.number(0...3) {
        case 0:
            let pipeline = shapeRNG.pick(allKeys).pipeline
            guard disturbances.insert(.unlisted(pipeline)).inserted else { return }
            let until = clock.time + shapeRNG.span(1000...1_800_000)
            timetable.add(.relief(.unlisted(pipeline)), at: until)
            trace.note("ListPipelines does not show \(pipeline)", at: clock.time)
        case 1 where configuration.discovers(name):
            let place = Place(of: name, new)
            let names = pipelineKeys.map(\.pipeline)
                .filter { places.name(of: $0, in: place) != "" }
            new.targets[index].pipelines = Set(names).sorted().map {
                PipelineEntry(selector: .name($0), policy: first.policy, stages: first.stages)
            }
            guard !new.targets[index].pipelines.isEmpty else { return }
            change("target \(name) names its pipelines", to: new)
        case 1:
            let all = PipelineEntry.Selector.match(Glob("p*"), except: [])
            new.targets[index].pipelines = [PipelineEntry(selector: all, last.policy)]
            change("target \(name) finds its pipelines", to: new)
        case 2:
            let glob = Glob("p\(shapeRNG.number(0...4))*")
            let entry = PipelineEntry(selector: .match(glob, except: []), last.policy)
            new.targets[index].pipelines.insert(entry, at: 0)
            change("target \(name) has \(glob) first", to: new)
        case _:
            guard let entry = takeEntry(from: &new.targets[index]) else { return }
            guard !new.targets[index].pipelines.isEmpty else { return }
            change("target \(name) is without \(entry.selector)", to: new)
        }
    }

    // MARK: Policies

    /// Every policy of one name gets another value of one setting.
    private mutating func changePolicy() {
        let policies = configuration.targets.flatMap(\.pipelines)
            .flatMap { [$0.policy] + $0.stages.values.sorted { $0.name < $1.name } }
        guard !policies.isEmpty else { return }
        let old = shapeRNG.pick(policies)
        var policy = old
        let setting: String
        switch shapeRNG.number(0...6) {
        case 0:
            policy.maxRetries = shapeRNG.number(0...5)
            setting = "max_retries \(policy.maxRetries)"
        case 1:
            policy.maxTotalRetries = shapeRNG.number(0...5)
            setting = "max_total_retries \(policy.maxTotalRetries)"
        case 2:
            policy.never.toggle()
            setting = "never \(policy.never)"
        case 3:
            policy.modes = shapeRNG.pick([[.failedActions], [.allActions]])
            setting = "modes \(policy.modes)"
        case 4:
            policy.stopAfterSameError = shapeRNG.pick([nil, 2, 3])
            setting = "stop_after_same_error"
        case 5:
            policy.giveUpAfter = .seconds(shapeRNG.number(60...7200))
            setting = "give_up_after \(policy.giveUpAfter)"
        case _:
            policy.whenHumanRetried = old.whenHumanRetried == .leave ? .continue : .leave
            setting = "when_human_retried"
        }
        var new = configuration
        for target in new.targets.indices {
            for entry in new.targets[target].pipelines.indices {
                new.targets[target].pipelines[entry].replace(old, by: policy)
            }
        }
        change("\(policy.name) has \(setting)", to: new)
    }
}

extension PipelineEntry {
    /// Takes another policy in place of an equal one.
    fileprivate mutating func replace(_ old: StagePolicy, by new: StagePolicy) {
        if policy == old { policy = new }
        for (stage, policy) in stages where policy == old { stages[stage] = new }
    }
}
